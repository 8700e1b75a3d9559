"""People who sign in: who they are, which role they hold at which place, and the sessions that they can end."""
