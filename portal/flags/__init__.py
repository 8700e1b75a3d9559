"""Fair flags: when enough different people speak up in a village, the town looks in private, and people decide."""
