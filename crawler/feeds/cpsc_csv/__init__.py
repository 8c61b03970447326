"""The recall listing that the CPSC website exports as CSV."""
