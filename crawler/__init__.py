"""Looks at the public web: a plan in, a run folder out. Knows no database and no register."""
