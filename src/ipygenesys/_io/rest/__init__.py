"""HTTP: calls within their budget, and the tokens that they are made with."""
