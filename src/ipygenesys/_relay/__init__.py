"""What runs a relay: its file, who may do what in it, and how it is watched."""
