"""Short keys that identify a release or a paragraph across generations of an index."""

import hashlib
import zlib


def release_key(id: str) -> str:
    """Return 12 hexadecimal digits of a hash of a release's ``id``.

    Among 25,000 releases, two share a key in about one archive in a million.
    """
    return hashlib.blake2b(id.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def text_checksum(text: str) -> str:
    """Return the CRC-32 of ``text`` as 8 hexadecimal digits."""
    return f"{zlib.crc32(text.encode('utf-8', 'surrogatepass')):08x}"
