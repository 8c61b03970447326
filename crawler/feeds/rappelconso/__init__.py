"""French recalls, RappelConso v2."""
