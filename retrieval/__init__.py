"""Releases to paragraphs to an index to ranked, cited passages. No Discord, no terminal."""
