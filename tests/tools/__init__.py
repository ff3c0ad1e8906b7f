"""Tools of the test suite and of the poe tasks."""
