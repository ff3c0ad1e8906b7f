"""Tests of the pure core: no waiting, no threads, times are arguments."""
