"""How a scenario is played: what is done next is decided purely, and carried out by a client."""
