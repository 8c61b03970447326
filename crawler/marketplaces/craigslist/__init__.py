"""Craigslist: posts and lists of posts, from the layout of 2009 to that of 2025."""
