"""Short keys by which a release and a paragraph are found again, in a later generation too."""

import hashlib
import zlib


def release_key(id: str) -> str:
    """12 hex digits for a release's id: among 25,000 two are alike once in a million archives."""
    return hashlib.blake2b(id.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def text_checksum(text: str) -> str:
    """8 hex digits that change when a text does."""
    return f"{zlib.crc32(text.encode('utf-8', 'surrogatepass')):08x}"
