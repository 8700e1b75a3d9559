"""What villagers report without an account: sealed to the town and the district, followed with sixteen digits."""
