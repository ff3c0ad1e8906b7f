"""Recordings that other tools make, as captures of a wire, and captures as entries of ours; pure."""
