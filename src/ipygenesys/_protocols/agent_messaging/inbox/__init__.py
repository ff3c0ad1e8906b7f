"""Many conversations of the real Genesys Cloud: those of queues, or those of a user."""
