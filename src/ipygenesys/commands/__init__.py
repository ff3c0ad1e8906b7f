"""The command line: what ``ipygenesys`` runs."""
