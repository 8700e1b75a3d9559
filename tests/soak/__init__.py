"""Kills workers at random moments and looks whether anything that was acknowledged was lost or doubled."""
