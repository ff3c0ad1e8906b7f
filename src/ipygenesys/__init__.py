"""A live Genesys Cloud conversation in a notebook cell: messages, typing and read receipts, both ways."""
