"""Decides what was seen: register, ledger, matches, reviews, verdicts, episodes, schedule."""
