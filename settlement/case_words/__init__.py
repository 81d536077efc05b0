"""A case in words: its history, its evidence and what followed, the same on pages and in the case file."""
