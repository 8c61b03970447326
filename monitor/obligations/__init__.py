"""Pages that a commitment promises: looked for once a month, captured as evidence like any look (figure K10)."""
