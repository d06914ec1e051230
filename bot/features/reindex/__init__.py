"""The state of the index, and building it anew."""
