"""Conversation tests: what a script says, the files it comes from, how it is played, what came of it."""
