"""Person looks: the due listings one by one in a reviewer's own browser, saved with one key into a run folder."""
