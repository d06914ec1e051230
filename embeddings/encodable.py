"""Texts that a tokenizer accepts."""


def encodable(text: str) -> str:
    """The text with "?" for each lone surrogate, which JSON can carry and a tokenizer refuses."""
    return text.encode("utf-8", "replace").decode()
