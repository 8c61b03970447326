"""Temu: declared by documentation and memory, hardly verified."""
