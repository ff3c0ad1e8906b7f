"""Deterministic simulation: the real client and shells on virtual time, a faulty network, a server that knows the truth."""
