"""Sam's Club: microdata with values of its own beside schema.org's."""
