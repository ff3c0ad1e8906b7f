"""The tutorial's contract: one stream of events, and REST for what we say."""
