"""Tests of the simulator: its pure parts on a made-up clock, its wires over real sockets."""
