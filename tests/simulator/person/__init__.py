"""Tests of the person on the other side."""
