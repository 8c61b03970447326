"""Thin commands of the monitor."""
