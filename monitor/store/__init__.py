"""The ledger: models, sessions, migrations and the idempotent ingest of run folders."""
