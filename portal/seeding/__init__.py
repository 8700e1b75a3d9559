"""The demonstration district: every state that a village can be in, made through the features' own services."""
