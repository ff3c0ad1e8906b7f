"""Many conversations at once: a row for each, and the figures of all of them, kept up to date event by event."""
