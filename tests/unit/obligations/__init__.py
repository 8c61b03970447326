"""Promised pages: what a look says, and when one is due."""
