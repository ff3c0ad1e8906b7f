"""What the simulated organisation knows: settings, conversations, accounts, sessions, and the truth of it all."""
