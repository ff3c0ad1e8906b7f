"""What this machine gives: its clock, its browser, its threads, and tasks that do not end in silence."""
