"""The relay: what is published of a conversation, what its viewers make of it, and who leads; pure."""
