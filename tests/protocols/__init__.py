"""Tests of the protocol adapters: pure codecs, no I/O."""
