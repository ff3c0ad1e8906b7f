"""State machines of one matter each, which know nothing of each other."""
