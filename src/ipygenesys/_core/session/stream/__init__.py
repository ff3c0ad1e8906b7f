"""The life of a stream: kept, watched, lost, moved, and what a conversation does with it."""
