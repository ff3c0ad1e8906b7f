"""An inbox by the relay: who leads it, and who looks on."""
