"""Australian recalls by RSS."""
