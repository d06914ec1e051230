"""Why an address could not be fetched or used, and what to do."""

from embeddings.errors import VerbatimError


class FetchError(VerbatimError):
    """An address that could not be fetched. Its subclasses say why.

    ``passing`` is whether the same may well succeed later.
    """

    passing = False

    def __init__(self, address: str, text: str) -> None:
        super().__init__(f"{address}: {text}")
        self.address = address


class NotFound(FetchError):
    """The server has no such page: 404 or 410."""

    def __init__(self, address: str, status: int) -> None:
        super().__init__(address, f"there is no such page (HTTP {status})")
        self.status = status
