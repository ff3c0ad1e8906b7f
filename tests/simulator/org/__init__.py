"""The organisation on virtual time, and what is true of it."""
