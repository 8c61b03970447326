"""Recalls and safety alerts of Health Canada."""
