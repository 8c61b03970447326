"""Recall lists of authorities: one folder each, fetched and read strictly."""
