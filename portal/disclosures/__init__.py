"""Openness: what the village must make public, when, and how villagers see it, object to it and check it."""
