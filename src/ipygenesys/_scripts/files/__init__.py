"""The files that scripts come from: our own, and those that people have."""
