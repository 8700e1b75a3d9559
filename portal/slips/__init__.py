"""Drawn slips: paper with twenty digits that nobody can tie to a name. Issued in batches, each used once."""
