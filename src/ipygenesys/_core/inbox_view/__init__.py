"""What the pages of an inbox are told: which rows, in which order, and what of them is in sight."""
