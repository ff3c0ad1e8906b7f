"""What can be done with a conversation, the same for the widget and for the headless client."""
