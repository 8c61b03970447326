"""Notices of violation of the CPSC."""
