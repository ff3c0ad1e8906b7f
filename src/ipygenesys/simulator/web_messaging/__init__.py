"""The guest's wire: its socket with its actions, its files, its REST calls."""
