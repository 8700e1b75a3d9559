"""Openness: the catalogue, reading spreadsheets, deadlines, publishing."""
