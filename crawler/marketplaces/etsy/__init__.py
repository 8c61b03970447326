"""Etsy: schema.org data, and the microdata of 2020."""
