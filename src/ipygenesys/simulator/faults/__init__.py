"""What can go wrong: the kinds of faults, and the frames that no client should choke on."""
