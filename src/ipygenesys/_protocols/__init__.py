"""One adapter per protocol: a pure codec between its wire and the neutral events and operations."""
