"""JD.com: product pages that need a login for their prices."""
