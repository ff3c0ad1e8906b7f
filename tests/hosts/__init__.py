"""The chat in hosts that are no Jupyter, each in an environment of its own: what works there, seen in a real browser."""
