"""What a recording holds: its entries, how they are written and read, and what is never written; pure."""
