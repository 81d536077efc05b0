"""What this app hands out as tables."""
