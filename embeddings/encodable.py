"""Texts that a tokenizer accepts."""

MAX_CHARACTERS = 100_000
"""More than any model reads of a text. Tokenizers split all of it before they cut it, and of a word
of a megabyte they make half a gigabyte."""


def encodable(text: str) -> str:
    """The beginning of a text that a model may read, with "?" for each lone surrogate.

    JSON can carry these, and a tokenizer refuses them.
    """
    return text[:MAX_CHARACTERS].encode("utf-8", "replace").decode()
