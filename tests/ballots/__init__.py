"""Ballots: the plan, the count, the sealed box."""
