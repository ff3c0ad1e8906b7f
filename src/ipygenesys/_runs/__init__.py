"""What comes of a script: a table that fills while it is played, and each scenario with its conversation."""
