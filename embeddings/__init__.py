"""Text to unit vectors. Knows models, threads and batches; nothing of releases or Discord."""
