"""The agent's side of the real Genesys Cloud: notification channels and the Platform API."""
