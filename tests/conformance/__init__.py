"""The simulator against outside truths: Genesys' own SDK, and the examples of the protocol notes."""
