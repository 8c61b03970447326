"""DHgate: declared by documentation and memory, hardly verified."""
