"""Facebook Marketplace: declared by documentation and memory, hardly verified."""
