"""Lazada: declared by documentation and memory, hardly verified."""
