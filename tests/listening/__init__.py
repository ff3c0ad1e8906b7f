"""A real screen reader before a real view: what it says, compared with what it should say. Debian's Orca, as root."""
