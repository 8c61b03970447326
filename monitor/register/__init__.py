"""The hazard register: notices with their versions, products and identifiers; the watchlist."""
