"""The relay's shells: Redis, whoever leads an upstream, and viewers."""
