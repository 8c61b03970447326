"""Which listing is which recalled product, with reasons for and against."""
