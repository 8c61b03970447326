"""What people saw on pages: confirmed signatures, blind re-checks, two vantages side by side."""
