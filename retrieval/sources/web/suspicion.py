"""Whether what a source names can be believed, beside what it named before.

A redesign, a mistake, or a new owner of the domain empties a feed at once. To believe it would
spoil a good copy. So the copy stays as it was until the source is as it was, or until somebody adds
the site again.
"""

from embeddings.errors import VerbatimError

_LEAST = 4  # releases: of fewer, half is chance
_SHARE = 0.5


class SourceSuspected(VerbatimError):
    """A source that suddenly names no releases, or far fewer than before.

    Attributes:
        address: the source.
        reason: what is suspicious, a clause about "it", and what one can do.
        named: how many releases it names.
        before: how many it named the last time that it was believed; None if that is not known.
    """

    def __init__(self, address: str, named: int, before: int | None) -> None:
        now = (
            f"only {named:,} {'release' if named == 1 else 'releases'}" if named else "no releases"
        )
        then = f", and named {before:,} before" if before else ""
        self.reason = (
            f"it suddenly names {now}{then}. That is not believed, and the copy stays as it was. "
            "If it is right, add the site again, which explores it from the start"
        )
        super().__init__(f"{address}: {self.reason}")
        self.address = address
        self.named = named
        self.before = before


def is_suspicious(named: int, before: int | None) -> bool:
    """Whether a source names far fewer releases than ``before``; False if that is not known."""
    if not before:
        return False
    return named == 0 or (before >= _LEAST and named < _SHARE * before)
