"""Tests of the guest's wire."""
