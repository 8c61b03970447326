"""Marketplaces: a folder of data and one small module each; the ladder alone turns their evidence into a state."""
