"""The base class of the project's errors, and the errors of models.

The base class is here, in the lowest package, because imports go one way only. Every error that a
user may see derives from it, carries its data, and says what to do.
"""

from pathlib import Path


class VerbatimError(Exception):
    """An error for the user: one line that says what is wrong and how to fix it."""


def first_line(error: Exception) -> str:
    """The first line of an exception's message, or its type where it has none."""
    return str(error).strip().partition("\n")[0] or type(error).__name__


class ModelNotFound(VerbatimError):
    """There is no model of this name or path, or it cannot be loaded."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"cannot load the model {name!r}: {reason}. Set VERBATIM_MODEL to a "
            "sentence-transformers model on this machine, or unset it to use the bundled one"
        )
        self.name = name
        self.reason = reason


class ModelDamaged(VerbatimError):
    """A file of a model that ships is not the one published; ``remedy`` says what to do."""

    def __init__(self, path: Path, reason: str, remedy: str) -> None:
        super().__init__(f"the model file {path} is damaged: {reason}. {remedy}")
        self.path = path
        self.reason = reason


class LibraryMissing(VerbatimError):
    """A model that only sentence-transformers can run, which is not installed."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"the model {name!r} needs sentence-transformers, which is not installed. Run "
            "make models, or pip install sentence-transformers (README.md says how to do without "
            "CUDA), or set no model to use the bundled one"
        )
        self.name = name


class RerankerNotFound(VerbatimError):
    """There is no reranker of this name or path, or it cannot be loaded."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"cannot load the reranker {name!r}: {reason}. Set VERBATIM_RERANKER to a "
            "sentence-transformers CrossEncoder on this machine, to none, or unset it"
        )
        self.name = name
        self.reason = reason
