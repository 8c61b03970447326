"""Any shop that has no folder of its own: schema.org data and OpenGraph only, so it never tells an end."""
