"""The front pages, made of what the other features know: find your village, the village's page, the desk."""
