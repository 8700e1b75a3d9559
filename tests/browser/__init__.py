"""Browsers, an old phone, a validator and a served demonstration: what the tests in a real browser stand on."""
