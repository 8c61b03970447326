"""Shops on the Shopify platform, under any host: one adapter for all of them."""
