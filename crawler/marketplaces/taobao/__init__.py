"""Taobao: item pages of 2020 and of today, which mostly ask for a login."""
