"""What servers sent, by the hash of the content, which a damaged database may get wrong."""

import gzip

import pytest

from retrieval.sources.web.page_files import PageFiles


def test_a_content_is_read_as_it_was_written(tmp_path):
    files = PageFiles(tmp_path / "pages")
    digest = files.write(b"ferry")
    assert files.has(digest)
    assert files.read(digest) == b"ferry"
    files.remove(digest)
    assert not files.has(digest)


@pytest.mark.parametrize("digest", ["../../outside", "..", "", "a/b", 7, None, b"ab", "A" * 64])
def test_what_is_no_digest_leads_to_no_file(tmp_path, digest):
    (tmp_path / "outside.gz").write_bytes(gzip.compress(b"not of the copy"))
    (tmp_path / "site" / "pages").mkdir(parents=True)
    files = PageFiles(tmp_path / "site" / "pages")
    assert not files.has(digest)
    with pytest.raises(ValueError, match="its copy is damaged"):
        files.read(digest)
    files.remove(digest)
    assert (tmp_path / "outside.gz").exists()
