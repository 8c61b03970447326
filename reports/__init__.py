"""Shows what was decided: statistics, figures, the report and its exports."""
