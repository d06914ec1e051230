"""Which releases of companies are for development: no question over them trains anything.

The split is by company, since one company's releases repeat each other.
"""

import hashlib
import re
from collections.abc import Mapping

_ABOUT = re.compile(r"^[^\w\n]*About ([A-Z0-9][^\n.:,|]{1,40})", re.MULTILINE)
_KEY_CHARACTERS = 12
_DEVELOPMENT = 3  # of ten companies


def company(row: Mapping[str, str]) -> str:
    """Return a key for the company that a row of ``releases/companies.jsonl.gz`` is of.

    It is the name in the "About …" that ends most such releases, else the title's first words.
    """
    about = _ABOUT.search(row["text"])
    name = about[1] if about else " ".join(row["title"].split()[:2])
    return re.sub(r"\W+", "", name.lower())[:_KEY_CHARACTERS]


def is_for_development(row: Mapping[str, str]) -> bool:
    """Whether a row is of one of the companies whose releases only measure."""
    digest = hashlib.sha256(company(row).encode()).hexdigest()
    return int(digest, 16) % 10 < _DEVELOPMENT
