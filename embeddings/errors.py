"""The root of the project's errors, and those of this room.

The root lives in the lowest room because imports go one way only; every error that a person may
meet derives from it, carries its data, and says in its text what to do.
"""

from pathlib import Path


class VerbatimError(Exception):
    """An error for a person: its text is one line that says what is wrong and how to mend it."""


class ModelNotFound(VerbatimError):
    """No model of this name or path could be found or loaded."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"cannot load the model {name!r}: {reason}. Set VERBATIM_MODEL to a "
            "sentence-transformers model on this machine, or unset it to use the bundled one"
        )
        self.name = name
        self.reason = reason


class ModelDamaged(VerbatimError):
    """A file of a default model is not the one that was published; ``remedy`` says what to do."""

    def __init__(self, path: Path, reason: str, remedy: str) -> None:
        super().__init__(f"the model file {path} is damaged: {reason}. {remedy}")
        self.path = path
        self.reason = reason


class RerankerNotFound(VerbatimError):
    """No reranker of this name or path could be found or loaded."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"cannot load the reranker {name!r}: {reason}. Set VERBATIM_RERANKER to a "
            "sentence-transformers CrossEncoder on this machine, to none, or unset it"
        )
        self.name = name
        self.reason = reason
