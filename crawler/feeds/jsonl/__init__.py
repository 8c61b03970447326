"""The interchange form: one notice as a JSON object a line."""
