"""Building the index anew."""
