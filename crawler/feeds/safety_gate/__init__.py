"""EU Safety Gate (formerly RAPEX)."""
