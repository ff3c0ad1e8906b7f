"""What a script consists of, and whether what came is what it expects. Pure."""
