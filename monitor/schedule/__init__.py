"""What to look at next, and the ticker that does it."""
