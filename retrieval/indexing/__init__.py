"""Building a generation of the index from releases."""
