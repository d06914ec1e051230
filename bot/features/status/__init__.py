"""What the index holds."""
