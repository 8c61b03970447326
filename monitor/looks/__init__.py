"""From looks to verdicts and episodes: a pure fold over the ledger."""
