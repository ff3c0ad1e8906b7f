"""A conversation with the platform: its streams are opened, its operations carried out."""
