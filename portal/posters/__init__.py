"""Sheets for the wall: the village's poster and labels for single records, with digits that show tampering."""
