"""Clients of each wire for tests: what they ask, what they got, no more."""
