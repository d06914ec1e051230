"""Whatever a list of releases or a whole release shows is what was written, or an error."""

import random
from contextlib import closing

import pytest

from retrieval.errors import IndexDamaged
from retrieval.index.document_texts import TEXT
from retrieval.index.generations import current_folder, read_manifest
from retrieval.index.manifest import segment_folder
from retrieval.index.sqlite_releases import RELEASES, open_release_store
from retrieval.ranking.full_release import full_release
from retrieval.release_history import release_history
from retrieval.store import FolderStore


def shown(data):
    """All that `verbatim releases` and `verbatim release` show."""
    _, store = open_release_store(data)
    with closing(store):
        infos = store.select()
        wholes = [full_release(store, store.find(info.id)) for info in infos]
        return (
            infos,
            [release_history(FolderStore(data), whole) for whole in wholes],
            store.newsrooms(),
        )


def path_of(data, name):
    folder = current_folder(data)
    (segment,) = read_manifest(folder).segments
    return folder / name if name == RELEASES else segment_folder(folder, segment.name) / name


@pytest.mark.parametrize("name", [RELEASES, TEXT])
def test_a_flipped_bit_is_never_shown(data, name):
    before, path, picked = shown(data), path_of(data, name), random.Random(15)
    content = path.read_bytes()
    damaged = 0
    for place in sorted(picked.sample(range(len(content)), min(len(content), 250))):
        changed = bytearray(content)
        changed[place] ^= 1 << picked.randrange(8)
        path.write_bytes(changed)
        try:
            assert shown(data) == before
        except IndexDamaged:
            damaged += 1
    assert damaged > 20


@pytest.mark.parametrize(
    ("name", "written", "now"),
    [
        (RELEASES, b"https://", b"https:/\xff"),
        (RELEASES, b"harbor.example", b"harbor.exemple"),
        (TEXT, b"bridge", b"brudge"),
        (TEXT, b"bridge", b"br\xffdge"),
    ],
)
def test_a_changed_address_newsroom_or_text_is_an_error(data, name, written, now):
    path = path_of(data, name)
    content = path.read_bytes()
    assert written in content
    path.write_bytes(content.replace(written, now))
    with pytest.raises(IndexDamaged, match=name):
        shown(data)


def test_a_whole_release_is_what_was_built(data):
    infos, histories, _ = shown(data)
    assert len(histories) == len(infos) == 4
    assert all(history.release.paragraphs for history in histories)
