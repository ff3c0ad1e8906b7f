"""Tests of the tutorial's wire."""
