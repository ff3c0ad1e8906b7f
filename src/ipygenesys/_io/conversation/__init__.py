"""Who owns a conversation: a session in its shell, and who hears of it."""
