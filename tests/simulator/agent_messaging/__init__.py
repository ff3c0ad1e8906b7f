"""Tests of the agent's wire."""
