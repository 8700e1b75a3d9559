"""The append-only log: what was made public, when and in which order, so that nobody can quietly rewrite it."""
