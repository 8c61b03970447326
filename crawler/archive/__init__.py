"""Writes and reads the evidence of a run: WARC records and screenshots."""
