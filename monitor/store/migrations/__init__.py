"""The ledger's history as Alembic revisions; `monitor.store.upgrade` runs them, `monitor.store.revise` writes them."""
