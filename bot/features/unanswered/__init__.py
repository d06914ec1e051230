"""The questions that nothing published answers."""
