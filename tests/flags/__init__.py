"""Flags: when a count opens a look, and when it can not."""
