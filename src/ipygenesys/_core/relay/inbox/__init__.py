"""An inbox by the relay: its rows as they are published, and what its viewers make of them; pure."""
