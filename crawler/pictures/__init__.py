"""Pictures of goods: fetched like pages, decoded in a process that can do nothing else, and kept as hashes."""
