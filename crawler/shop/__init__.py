"""A marketplace on loopback that lists, delists, relists, blocks and fails by a script."""
