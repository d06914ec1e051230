"""What Verbatim calls itself when it asks a web server."""

from importlib.metadata import PackageNotFoundError, version

PRODUCT = "VerbatimBot"
"""The name by which a site's robots.txt can allow or forbid Verbatim."""


def user_agent(contact: str | None = None) -> str:
    """The ``User-Agent`` header: name, version, purpose, and whom to write to.

    ``contact`` is a web address or an e-mail address of whoever runs this bot, in printable ASCII.
    """
    try:
        product = f"{PRODUCT}/{version('verbatim-bot')}"
    except PackageNotFoundError:  # run from its source
        product = PRODUCT
    purpose = "reads press releases to quote them"
    return f"{product} ({purpose}; +{contact})" if contact else f"{product} ({purpose})"
