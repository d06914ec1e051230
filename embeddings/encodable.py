"""Texts that a tokenizer accepts."""

MAX_CHARACTERS = 100_000
"""More than any model reads of a text.

A tokenizer splits the whole text before it truncates it, and takes half a gigabyte of memory for
one word of a megabyte.
"""


def encodable(text: str) -> str:
    """The beginning of a text that a model may read, with "?" for each lone surrogate.

    JSON can carry these, and a tokenizer refuses them.
    """
    return text[:MAX_CHARACTERS].encode("utf-8", "replace").decode()
