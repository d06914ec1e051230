"""Text: words, sentences, dates, links; nothing of releases or indexes."""
