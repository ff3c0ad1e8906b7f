"""The customer's side of the real Genesys Cloud: a guest of a web deployment."""
