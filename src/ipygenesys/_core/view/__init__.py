"""What the browsers are told of a conversation, and what they may ask."""
