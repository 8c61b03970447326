"""Mercado Libre: one marketplace, a host a country."""
