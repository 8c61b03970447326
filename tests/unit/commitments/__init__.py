"""Tests of commitments and of notice dates."""
