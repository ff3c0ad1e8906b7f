"""Measurements: printed, kept in .artifacts, never asserted."""
