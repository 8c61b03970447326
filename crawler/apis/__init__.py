"""Official interfaces of marketplaces, called with the operator's own keys: one small class each."""
