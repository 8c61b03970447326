"""Walmart: everything stands in the state that Next.js leaves in the page."""
