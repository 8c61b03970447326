"""Mercari: the Japanese flea market, and its American sister by documentation only."""
