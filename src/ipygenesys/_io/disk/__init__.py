"""What is kept on disk: the durable outbox, read positions, and files on their way."""
