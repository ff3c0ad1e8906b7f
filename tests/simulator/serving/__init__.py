"""Tests of what all wires share."""
