"""Alibaba.com: wholesale listings, where an inquiry is the way to buy."""
