"""The tree that everything hangs on: district, towns, villages; and the settings that each may set."""
