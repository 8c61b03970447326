"""The figures K1 to K14 of the audit, as named objects: pure functions over `reports.records`."""
