"""Every suite of the project."""
