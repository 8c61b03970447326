"""Facts out of markup that any marketplace may use: structured data, prices, identifiers."""
