"""What the secretary promised the village this year, how far it is, with photos, and what is behind and why."""
