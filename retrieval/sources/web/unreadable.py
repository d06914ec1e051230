"""What was fetched is not what it was taken for."""

from embeddings.errors import VerbatimError


class Unreadable(VerbatimError):
    """What an address gave cannot be read as a feed, a sitemap, a list or an interface.

    Attributes:
        address: where it was fetched.
        wanted: what it was read as, with its article: "a feed".
        reason: why it cannot be read, a clause about "it".
    """

    def __init__(self, address: str, wanted: str, reason: str) -> None:
        super().__init__(
            f"{address} cannot be read as {wanted}: {reason}. "
            "Give the address of the site instead, and what it offers is looked for"
        )
        self.address = address
        self.wanted = wanted
        self.reason = reason
