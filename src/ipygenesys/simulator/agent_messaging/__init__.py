"""The agent's wire: the Platform API's conversations, and its notification channels."""
