"""What is known of a conversation: its messages in order, their states, and who takes part."""
