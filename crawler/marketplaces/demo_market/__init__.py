"""The demo market on loopback, read like any other marketplace."""
