"""Any list as CSV, by a map of its columns."""
