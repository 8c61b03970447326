"""The only three spiders: feeds, discover, look."""
