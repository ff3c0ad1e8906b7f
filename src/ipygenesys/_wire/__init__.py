"""The frames and bodies of each Genesys wire, defined once; shared by the client and the simulator."""
