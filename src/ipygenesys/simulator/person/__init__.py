"""Who plays the other side: what they say, when they say it, and what they have read."""
