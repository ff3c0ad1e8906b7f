"""What this machine gives: its clock, its threads, and tasks that do not end in silence."""
