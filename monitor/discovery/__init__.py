"""How listings are found: one small class a route, a budget, and what was left out."""
