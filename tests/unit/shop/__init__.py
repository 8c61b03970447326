"""Tests of the demo market and its adapter."""
