"""What is measured of a conversation: response times and waits, each defined once."""
