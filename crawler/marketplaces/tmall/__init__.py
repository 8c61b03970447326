"""Tmall: shops on the platform of Taobao."""
