"""Recall notices of the platforms themselves: dated proof that they knew."""
