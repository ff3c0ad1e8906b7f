"""Tests of what the organisation knows, on a made-up clock."""
