"""``ipygenesys doctor``: examines a connection step by step, with a cause and a cure for each finding."""
