"""Amazon, on all its hosts: no structured data, everything in elements with stable ids."""
