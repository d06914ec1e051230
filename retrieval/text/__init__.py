"""Text processing that knows nothing of releases or indexes: words, sentences, dates, links."""
