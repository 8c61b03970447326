"""Decisions by people: append-only."""
