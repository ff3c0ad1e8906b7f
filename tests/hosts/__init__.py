"""The chat in real hosts of widgets, each in an environment of its own; by command only, but for a short part."""
