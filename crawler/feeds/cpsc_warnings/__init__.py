"""The unilateral product safety warnings of the CPSC, which the recall API does not hold."""
