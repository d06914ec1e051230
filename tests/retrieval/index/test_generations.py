import json
import shutil
from dataclasses import replace

import pytest

from embeddings.models import Model, in_precision
from retrieval.archive import Archive
from retrieval.errors import (
    IndexDamaged,
    IndexFormatOutdated,
    IndexModel,
    IndexModelOutdated,
    IndexModelUnprepared,
    IndexVersion,
    NoIndex,
)
from retrieval.index.folder_index import open_index
from retrieval.index.generations import check_model, current_folder, next_name, read_manifest
from retrieval.index.manifest import FORMAT, Manifest, _checksum
from retrieval.index.sqlite_releases import open_release_store
from retrieval.indexing.build import build_index
from retrieval.question import Question

SEGMENT = "segments/s000002/"
FILES = [
    "SOURCES",
    "manifest.json",
    "releases.sqlite",
    "words.txt",
    "digests.npy",
    "recurring.npy",
    "readers.txt",
    SEGMENT + "text.sqlite",
    SEGMENT + "vectors.npy",
    SEGMENT + "passages.npy",
    SEGMENT + "keys.npy",
    SEGMENT + "hashes.npy",
    SEGMENT + "phrases.sqlite",
    SEGMENT + "postings/terms.txt",
    SEGMENT + "postings/offsets.npy",
    SEGMENT + "postings/rows.npy",
    SEGMENT + "postings/counts.npy",
    SEGMENT + "postings/lengths.npy",
    SEGMENT + "analyses/documents.npy",
    SEGMENT + "analyses/words.txt",
    SEGMENT + "analyses/words.npy",
    SEGMENT + "analyses/lengths.npy",
]


def delete(path):
    path.unlink()


def empty(path):
    path.write_bytes(b"")


def truncate(path):
    path.write_bytes(path.read_bytes()[:-1])


def lengthen(path):
    path.write_bytes(path.read_bytes() + b"0")


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_these_are_the_files(data):
    folder = current_folder(data)
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == set(FILES)
    assert set(read_manifest(folder).files) == found - {"manifest.json"}


@pytest.mark.parametrize("harm", [delete, empty, truncate, lengthen, flip])
@pytest.mark.parametrize("name", FILES)
def test_the_error_names_the_damaged_file(data, name, harm):
    harm(current_folder(data) / name)
    with pytest.raises(IndexDamaged, match="verbatim index --rebuild") as caught:
        open_index(data)
    assert caught.value.path == data / "generations" / "g000002" / name
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("harm", [delete, flip])
@pytest.mark.parametrize("name", FILES)
def test_damage_is_repaired_by_the_next_build(data, source, encoder, name, harm):
    harm(current_folder(data) / name)
    report = build_index(data, [source], encoder)
    assert (report.generation, report.releases, report.refused) == ("g000003", 4, ())
    answer = Archive(data, encoder).ask(Question("How much did the bridge cost?"))
    assert "$48 million" in answer.passages[0].text


def test_any_changed_byte_of_a_manifest_is_noticed(data):
    folder = current_folder(data)
    path = folder / "manifest.json"
    content = path.read_bytes()
    for at in range(0, len(content), 3):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        with pytest.raises((IndexDamaged, IndexVersion)):
            read_manifest(folder)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"garbage",
        b"g000009\n",
        b"g2\n",
        b"..",
        b".",
        b"/etc",
        b"../generations/g000002",
        b"g000002/..",
        b"g000002\ng000001",
        b"g000002\0",
        b"g" + b"0" * 300,
        b"\xff\xfe",
    ],
)
def test_a_pointer_to_nothing_is_damage_that_the_next_build_repairs(data, source, encoder, content):
    (data / "CURRENT").write_bytes(content)
    for use in open_index, open_release_store, current_folder:
        with pytest.raises(IndexDamaged, match="CURRENT") as caught:
            use(data)
        assert caught.value.path == data / "CURRENT"
        assert "\n" not in str(caught.value)
    assert build_index(data, [source], encoder).generation == "g000003"
    assert len(open_index(data).vectors) == 8


@pytest.mark.parametrize(
    ("replaced", "wanted", "kind"),
    [
        (["indexed"], "wanted", IndexModelOutdated),
        (["indexed"], "indexed", IndexModelOutdated),  # a newer copy of it
        (["indexed"], "wanted (int8)", IndexModel),  # somebody changed a setting
        (["another"], "wanted", IndexModel),
        ([], "wanted", IndexModel),
    ],
)
def test_a_generation_of_another_model_is_refused(data, replaced, wanted, kind):
    manifest = replace(read_manifest(current_folder(data)), model="indexed")
    check_model(data, manifest, Model("any", data, manifest.fingerprint), replaced)
    with pytest.raises((IndexModel, IndexModelOutdated)) as caught:
        check_model(data, manifest, Model(wanted, data, "of another model"), replaced)
    assert type(caught.value) is kind
    assert "verbatim index" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_model_that_is_set_is_not_blamed_where_it_cannot_be_prepared(data):
    """It was asked for in int8, and runs in float32 for want of a package or a disk."""
    model = Model("indexed", data, "of the original")
    int8 = in_precision(model, "int8")
    current = read_manifest(current_folder(data))
    manifest = replace(current, model=int8.name, fingerprint=int8.fingerprint)
    with pytest.raises(IndexModelUnprepared, match="cannot be prepared here") as caught:
        check_model(data, manifest, model, (), "int8")
    assert "VERBATIM_PRECISION" not in str(caught.value)
    assert "VERBATIM_MODELS" in str(caught.value)
    for asked in (None, "float32"):
        with pytest.raises(IndexModel, match="Set VERBATIM_PRECISION=int8"):
            check_model(data, manifest, model, (), asked)


@pytest.mark.parametrize(
    ("version", "kind"),
    [(0, IndexFormatOutdated), (4, IndexFormatOutdated), (FORMAT + 1, IndexVersion)],
)
def test_another_format_is_refused(data, version, kind):
    path = current_folder(data) / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": version}))
    for use in open_index, open_release_store:
        with pytest.raises(IndexVersion, match=r"Rebuild it: verbatim index$") as caught:
            use(data)
        error = caught.value
        assert (error.data, error.found, error.expected) == (data, version, FORMAT)
        assert type(error) is kind


@pytest.mark.parametrize(
    "content",
    [b"[]", b"null", b"{}", b'{"format": "4"}', b'{"format": true}', b"{", b"\xff", b"[" * 100_000],
)
def test_a_manifest_of_something_else_is_damage(data, content):
    (current_folder(data) / "manifest.json").write_bytes(content)
    with pytest.raises(IndexDamaged, match=r"manifest\.json"):
        open_index(data)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("releases", -1),
        ("dimensions", "many"),
        ("model", None),
        ("segments", [["a"]]),
        ("files", {"words.txt": {"size": None, "sha256": "a"}}),
    ],
)
def test_a_manifest_with_a_value_that_none_has_is_damage(data, name, value):
    """Whatever its checksum says: somebody may have made it."""
    path = current_folder(data) / "manifest.json"
    values = json.loads(path.read_text()) | {name: value}
    del values["sha256"]
    path.write_text(json.dumps(values | {"sha256": _checksum(values)}))
    with pytest.raises(IndexDamaged, match=r"manifest\.json"):
        open_index(data)


def test_a_segment_outside_its_folder_is_damage(data):
    path = current_folder(data) / "manifest.json"
    values = json.loads(path.read_text())
    values["segments"][0]["name"] = "../../../elsewhere"
    del values["sha256"]
    path.write_text(json.dumps(values | {"sha256": _checksum(values)}))
    with pytest.raises(IndexDamaged, match="a name that none has"):
        open_index(data)


def test_a_manifest_is_read_as_it_was_written(data):
    manifest = open_index(data).manifest
    assert Manifest.from_json(manifest.to_json()) == manifest


@pytest.mark.parametrize("use", [open_index, open_release_store, current_folder])
def test_no_index_is_not_damage(tmp_path, use):
    for data in tmp_path, tmp_path / "missing":
        with pytest.raises(NoIndex, match="Build one: verbatim index"):
            use(data)


def test_names_count_up_from_the_last_generation(tmp_path, data):
    assert next_name(tmp_path / "missing") == "g000001"
    (data / "generations" / "g000041").mkdir()
    (data / "generations" / "g999999.old").mkdir()
    assert next_name(data) == "g000042"


@pytest.mark.parametrize("last", ["g999999", "g999999999", "g" + "9" * 18])
def test_the_counter_may_outgrow_its_digits(data, source, encoder, last):
    (data / "generations" / last).mkdir()
    following = f"g{int(last[1:]) + 1}"
    for number in range(2):
        built = build_index(data, [source], encoder, rebuild=True)
        assert built.generation == f"g{int(last[1:]) + 1 + number}"
        assert open_index(data).manifest.generation == built.generation
    assert {path.name for path in (data / "generations").iterdir()} == {
        following,
        built.generation,
    }


def test_a_generation_that_was_never_published_does_no_harm(data, source, encoder):
    # What a power cut between the two steps of publishing leaves.
    shutil.copytree(current_folder(data), data / "generations" / "g000003")
    (data / "CURRENT.new").write_text("g0000")
    (data / "building").mkdir()
    (data / "building" / "vectors.npy").write_bytes(b"half")
    assert open_index(data).manifest.generation == "g000002"
    assert build_index(data, [source], encoder, rebuild=True).generation == "g000004"
    assert open_index(data).manifest.generation == "g000004"
