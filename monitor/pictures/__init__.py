"""Pictures in the ledger: which are fetched, which agree, and a fast search among many hashes."""
