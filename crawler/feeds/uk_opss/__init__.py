"""Product safety alerts, reports and recalls of the United Kingdom."""
