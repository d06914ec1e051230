"""The sources of an index are published with it, whenever the process that builds it is killed."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from retrieval.errors import SourcesUnknown
from retrieval.index.generations import current_folder
from retrieval.index.remembered_sources import (
    SOURCES,
    RememberedSources,
    add_site,
    added_sites,
    built_from,
    forget_site,
    remember_sources,
    served_sources,
)
from retrieval.indexing.build import build_index
from tests.benchmarks.building import HashingEncoder
from tests.conftest import NEWSROOMS
from tests.retrieval.conftest import write_releases

_ROOT = Path(__file__).parents[3]

# Builds each data folder that is named from the same source, and dies at a call that is named with
# it, counted from the moment that the index is published. It forks: importing takes long.
_BUILDER = """
import os, signal, sys
from pathlib import Path
from retrieval.index import generations
from retrieval.indexing.build import build_index
from tests.benchmarks.building import HashingEncoder

source = Path(sys.argv[1])

def build(data, last):
    calls = 0
    publishing = False
    def count(frame, event, argument):
        nonlocal calls, publishing
        publishing = publishing or frame.f_code is generations.publish.__code__
        calls += publishing and event in ("call", "c_call")
        if calls == last and last:
            os.kill(os.getpid(), signal.SIGKILL)
    sys.setprofile(count)
    build_index(data, [source], HashingEncoder())
    sys.setprofile(None)
    return calls

for line in sys.stdin:
    data, _, last = line.strip().rpartition(" ")
    process = os.fork()
    if not process:
        print("calls", build(Path(data), int(last)), flush=True)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    print("status", status, flush=True)
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """What the index was built from."""
    return write_releases(tmp_path / "old.jsonl", NEWSROOMS[:2])


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """What it is built from next."""
    return write_releases(tmp_path / "new.jsonl", NEWSROOMS[2:])


@pytest.fixture
def data(tmp_path: Path, old: Path) -> Path:
    """A data folder with an index."""
    build_index(tmp_path / "data", [old], HashingEncoder())
    return tmp_path / "data"


def test_a_kill_leaves_an_index_with_its_own_sources(
    data: Path, old: Path, new: Path, tmp_path: Path
) -> None:
    sources = {"g000001": (old,), "g000002": (new,)}
    builder = subprocess.Popen(
        [sys.executable, "-c", _BUILDER, str(new)],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert builder.stdin
    assert builder.stdout

    def build(last: int) -> tuple[str, int]:
        """Build until a call; return the generation in use, and the calls if it came to its end."""
        killed = shutil.copytree(data, tmp_path / f"killed-{last}")
        assert builder.stdin
        assert builder.stdout
        builder.stdin.write(f"{killed} {last}\n")
        builder.stdin.flush()
        words = builder.stdout.readline().split()
        calls = int(words[1]) if words[0] == "calls" else 0
        status = int(builder.stdout.readline().split()[1]) if calls else int(words[1])
        assert status == (0 if calls else -signal.SIGKILL)
        generation = current_folder(killed).name
        assert built_from(killed).paths == sources[generation], f"killed at call {last}"
        assert served_sources(killed) == built_from(killed)
        shutil.rmtree(killed)
        return generation, calls

    with builder:
        _, calls = build(0)
        assert calls
        left = [build(last)[0] for last in range(1, calls, max(calls // 20, 1))]
        # The last calls one by one: the sources used to be recorded there.
        left += [build(last)[0] for last in range(max(calls - 30, 1), calls)]
        builder.stdin.close()
    assert set(left) == {"g000001", "g000002"}


# Builds each data folder that is named from the same source, adds a site while it reads, says so,
# and dies at a call that is named with the folder.
_ADDER = """
import os, signal, sys
from pathlib import Path
from retrieval.index.remembered_sources import add_site
from retrieval.indexing.build import build_index
from tests.benchmarks.building import HashingEncoder

source = Path(sys.argv[1])

def build(data, last):
    calls = 0
    added = False
    def add(progress):
        nonlocal added
        if not added:
            add_site(data, data / "web" / "roe")
            added = True
            print("added", flush=True)
    def count(frame, event, argument):
        nonlocal calls
        calls += event == "call" and "/retrieval/index/" in frame.f_code.co_filename
        if calls == last and last:
            os.kill(os.getpid(), signal.SIGKILL)
    sys.setprofile(count)
    build_index(data, [source], HashingEncoder(), on_progress=add)
    sys.setprofile(None)
    print("calls", calls, flush=True)

for line in sys.stdin:
    data, _, last = line.strip().rpartition(" ")
    process = os.fork()
    if not process:
        build(Path(data), int(last))
        os._exit(0)
    print("status", os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""


def test_a_site_that_is_added_during_a_build_stays_whenever_that_is_killed(
    data: Path, old: Path, new: Path, tmp_path: Path
) -> None:
    sources = {"g000001": old, "g000002": new}
    builder = subprocess.Popen(
        [sys.executable, "-c", _ADDER, str(new)],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert builder.stdin
    assert builder.stdout

    def build(last: int) -> tuple[str, bool, int]:
        """Build until a call.

        Return the generation in use, whether the site was added before, and the calls if the build
        came to its end.
        """
        killed = shutil.copytree(data, tmp_path / f"killed-{last}")
        assert builder.stdin
        assert builder.stdout
        builder.stdin.write(f"{killed} {last}\n")
        builder.stdin.flush()
        told = dict[str, str]()
        while "status" not in told:
            word, _, number = builder.stdout.readline().strip().partition(" ")
            told[word] = number
        calls = int(told.get("calls", 0))
        assert int(told["status"]) == (0 if calls else -signal.SIGKILL)
        generation = current_folder(killed).name
        is_source = killed / "web" / "roe" in built_from(killed).sites
        assert is_source or "added" not in told, f"killed at call {last}"
        assert built_from(killed).named == (sources[generation],)
        shutil.rmtree(killed)
        return generation, "added" in told, calls

    with builder:
        _, _, calls = build(0)
        assert calls
        left = {build(last)[:2] for last in range(1, calls, max(calls // 40, 1))}
        # The last calls one by one: the site used to be lost there.
        left |= {build(last)[:2] for last in range(max(calls - 30, 1), calls)}
        builder.stdin.close()
    assert left == {("g000001", False), ("g000001", True), ("g000002", True)}


def test_a_site_is_an_added_one_until_a_generation_has_it(data: Path, old: Path) -> None:
    site, other = data / "web" / "roe", data / "web" / "poe"
    add_site(data, site)
    add_site(data, other)
    add_site(data, site)
    assert built_from(data).paths == (old, site, other)
    remember = RememberedSources(named=(old,), sites=(site,))
    remember_sources(data, remember)  # as a build does that has read one of them
    assert (added_sites(data), built_from(data).paths) == ((other,), (old, site, other))
    forget_site(data, other)
    assert (added_sites(data), built_from(data)) == ((), remember)
    forget_site(data, site)
    assert built_from(data).paths == (old,)


def test_a_site_that_is_left_out_on_purpose_is_no_source_any_more(data: Path, old: Path) -> None:
    site = data / "web" / "roe"
    add_site(data, site)
    remember_sources(data, RememberedSources(named=(old,), left_out=(site,)))
    assert (added_sites(data), built_from(data).paths) == ((), (old,))


def test_a_site_is_the_first_source_of_all(tmp_path: Path) -> None:
    add_site(tmp_path, tmp_path / "web" / "roe")
    assert built_from(tmp_path) == RememberedSources(sites=(tmp_path / "web" / "roe",))


def test_a_site_that_is_being_read_is_no_source_of_the_index_yet(data: Path, old: Path) -> None:
    site = data / "web" / "roe"
    add_site(data, site)
    assert built_from(data).paths == (old, site)
    served = served_sources(data)
    assert served
    assert served.paths == (old,)


def test_other_sources_of_the_same_releases_are_published_too(data: Path, old: Path) -> None:
    """What a generation says of itself is always right, not only when its releases change."""
    kinds = RememberedSources(configured=(old,))
    report = build_index(data, [old], HashingEncoder(), remember=kinds)
    assert (report.generation, report.unchanged) == ("g000002", 2)
    assert served_sources(data) == kinds
    again = build_index(data, [old], HashingEncoder(), remember=kinds)
    assert again.generation == "g000002"


def test_an_index_of_an_earlier_version_has_no_record_of_its_own(data: Path, old: Path) -> None:
    (current_folder(data) / "SOURCES").unlink()
    (data / "SOURCES").write_text(f'{{"named": ["{old}"]}}')
    sources = RememberedSources(named=(old,))
    assert (built_from(data), served_sources(data)) == (sources, sources)


def test_the_copy_serves_where_the_index_is_damaged(data: Path, old: Path, new: Path) -> None:
    (data / "CURRENT").write_text("")
    assert built_from(data).paths == (old,)
    (data / "CURRENT").write_text("g000001\n")
    (current_folder(data) / "SOURCES").write_text("{")
    assert built_from(data).paths == (old,)
    # That of another generation says nothing about this one.
    (data / "SOURCES").write_text(f'{{"named": ["{new}"], "generation": "g000000"}}')
    with pytest.raises(SourcesUnknown):
        built_from(data)


@pytest.mark.parametrize(
    "content", [b"[" * 100_000, b'{"named": "abc"}', b'{"named": [7]}', b"7", b'"abc"', b"\xff"]
)
def test_a_damaged_record_is_unknown(tmp_path: Path, content: bytes) -> None:
    (tmp_path / SOURCES).write_bytes(content)
    with pytest.raises(SourcesUnknown):
        built_from(tmp_path)
    assert served_sources(tmp_path) is None
