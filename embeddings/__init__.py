"""Text to unit vectors, and rerankers. Knows models; nothing of releases or Discord."""
