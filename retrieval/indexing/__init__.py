"""From releases to a new generation of the index."""
