"""The relay on virtual time: relays and viewers that die, stand still and are cut off from a Redis that forgets."""
