"""The light installation and the image: what is locked is enough, and the image's steps work.

No container engine is needed. The steps of the Dockerfile run as a script in a clean folder, save
those that download, whose result is made of the same packages as they are installed here, and those
that make a user.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.settings import Settings
from embeddings.models import BASE_MODEL, find_model
from tests.conftest import SAMPLE_TITLE
from tests.test_architecture import ROOT

LEFT_OUT = {"sentence-transformers", "torch", "transformers"}
"""The dependencies that the bundled models do not need."""

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MOST_BYTES = 345 * 2**20  # of the installation in an image: python:3.11-slim has less than 150 MB


def locked(name: str) -> dict[str, list[Requirement]]:
    """The pinned versions in a file, by package; several where they depend on the Python."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert all("--hash=sha256:" in line for line in lines)
    found: dict[str, list[Requirement]] = {}
    for line in lines:
        pinned = Requirement(line.partition(" --hash")[0])
        found.setdefault(canonicalize_name(pinned.name), []).append(pinned)
    return found


def own_requirements(*extras: str) -> list[Requirement]:
    optional = PROJECT["optional-dependencies"]
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in optional[extra])]
    return [each for each in map(Requirement, lines) if each.name != PROJECT["name"]]


@pytest.mark.parametrize(
    ("name", "extras", "left_out"),
    [("runtime.txt", (), LEFT_OUT), ("test.txt", ("export", "postgres", "test"), {"torch"})],
)
def test_what_is_locked_is_what_the_project_asks_for(name, extras, left_out):
    pinned = locked(name)
    for wanted in own_requirements(*extras):
        versions = pinned.get(canonicalize_name(wanted.name), [])
        assert bool(versions) is (wanted.name not in left_out), f"run make lock: {wanted}"
        for each in versions:
            (version,) = each.specifier
            assert wanted.specifier.contains(version.version), f"run make lock: {wanted}"
    assert not [each for each in pinned if each.startswith(("torch", "nvidia", "cuda", "triton"))]


def test_what_is_locked_of_the_driver_of_postgresql_is_what_the_project_asks_for():
    pinned = locked("postgres.txt")
    for wanted in map(Requirement, PROJECT["optional-dependencies"]["postgres"]):
        for each in pinned[canonicalize_name(wanted.name)]:
            (version,) = each.specifier
            assert wanted.specifier.contains(version.version), f"run make lock: {wanted}"
    assert not pinned.keys() & locked("runtime.txt").keys()


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the locked packages alone, as they are installed here."""
    folder = tmp_path_factory.mktemp("runtime") / "verbatim"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (packages,) = folder.glob("lib/python3.*/site-packages")
    link_locked("runtime.txt", packages)
    return folder


def link_locked(name: str, packages: Path) -> None:
    """Give the locked packages of a file, as they are installed, to another environment."""
    for package, versions in locked(name).items():
        if any(each.marker is None or each.marker.evaluate() for each in versions):
            link_distribution(package, packages)


def link_distribution(name: str, packages: Path) -> None:
    """Give an installed package to another environment, without what only its installer wrote."""
    distribution = metadata.distribution(name)
    for file in distribution.files or ():
        if ".." in file.parts or file.suffix == ".pyc":
            continue
        target = packages / file
        target.parent.mkdir(parents=True, exist_ok=True)
        source = Path(str(distribution.locate_file(file)))
        try:
            os.link(source, target)
        except OSError:  # another file system
            shutil.copy2(source, target)


def dockerfile_steps() -> Iterator[tuple[str, str]]:
    """The instructions of the Dockerfile, by name, with what they say."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    joined = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    for line in filter(None, map(str.strip, joined.splitlines())):
        name, _, rest = line.partition(" ")
        yield name, " ".join(rest.split())


def build_script(root: Path) -> tuple[str, list[str]]:
    """The first stage as a script whose absolute paths are below ``root``; and what it leaves out.

    Also left out is what needs the network; ``root`` has the result.
    """
    stage = []
    for name, rest in list(dockerfile_steps())[1:]:
        if name == "FROM":
            break
        stage.append((name, rest))
    lines, left_out = ["set -eu", f"mkdir -p {root}/src && cd {root}/src"], []
    for name, rest in stage:
        if name == "COPY":
            *sources, target = rest.split()
            for source in sources:
                place = f"{target}{Path(source).name}" if target.endswith("/") else target
                lines.append(f"mkdir -p $(dirname {place})")
                lines.append(f"cp -r {shlex.quote(str(ROOT / source))} {place}")
        elif name == "ARG":
            lines.append(rest)
        elif name == "RUN":
            if "-r requirements/" in rest or rest.startswith("python -m venv"):
                left_out.append(rest)
            else:
                lines.append(re.sub(r"(?<![\w.])/(opt|wheels)\b", rf"{root}/\1", rest))
    return "\n".join(lines), left_out


@pytest.fixture(scope="module")
def image(runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """/opt/verbatim of the image, after all steps of the first stage."""
    pytest.importorskip(
        "hatchling", reason="needs hatchling: pip install -r requirements/build.txt"
    )
    root = tmp_path_factory.mktemp("image")
    installed = root / "opt" / "verbatim"
    installed.parent.mkdir()
    shutil.copytree(runtime, installed, symlinks=True, copy_function=os.link)
    script, left_out = build_script(root)
    assert len(left_out) == 4, left_out
    # The image's python and pip are those that run the tests.
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(root), "PIP_NO_INPUT": "1"}
    done = subprocess.run(
        ["sh", "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return installed


def run(installed: Path, *arguments: str, folder: Path, **settings: str) -> tuple[int, str, str]:
    """Run the console script of an installation, with nothing else of this machine."""
    done = subprocess.run(
        [installed / "bin" / "verbatim", *arguments],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HF_HUB_OFFLINE": "1", "HOME": str(folder), **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_image_answers_without_pytorch(image, tmp_path):
    status, out, err = run(image, "ask", "What did Rep. Takano say?", "--json", folder=tmp_path)
    assert status == 0, err
    assert json.loads(out)["passages"][0]["release"]["title"] == SAMPLE_TITLE
    packages = {path.name for path in image.glob("lib/python3.*/site-packages/*")}
    assert not packages & {"torch", "transformers", "sentence_transformers", "pip"}


def test_in_the_image_the_bot_starts_and_a_missing_token_is_one_line(image, tmp_path):
    status, out, err = run(image, "bot", folder=tmp_path)
    assert (status, out) == (1, "")
    assert err.startswith("verbatim: DISCORD_TOKEN is not set.")


@pytest.mark.parametrize("variable", ["VERBATIM_MODEL", "VERBATIM_RERANKER"])
def test_a_model_that_the_image_cannot_run_is_one_line_that_says_what_to_install(
    image, tmp_path, variable
):
    settings = {variable: str(find_model(BASE_MODEL).path)}  # by its path it is any model
    for command in (["ask", "Who?"], ["doctor"]):
        status, out, err = run(image, *command, folder=tmp_path, **settings)
        assert status == 1
        assert "needs sentence-transformers, which is not installed" in out + err
        assert "Traceback" not in err


def test_the_image_is_small(image):
    files = [path for path in image.rglob("*") if path.is_file() and not path.is_symlink()]
    size = sum(path.stat().st_size for path in files if path.suffix != ".pyc")
    assert size < MOST_BYTES
    locales = {path.stem for path in image.rglob("locale-data/*.dat")}
    assert {"root", "en", "es", "es_MX"} <= locales
    assert "de" not in locales


def test_the_image_runs_as_a_user_without_rights_and_says_how_it_is():
    steps = list(dockerfile_steps())
    last = max(at for at, (name, _) in enumerate(steps) if name == "FROM")
    final = dict(steps[last:])
    uid = final["USER"]
    assert uid.isdigit()
    assert int(uid) > 0
    assert f"useradd --uid {uid} " in final["RUN"]
    assert final["COPY"] == "--from=build /opt/verbatim /opt/verbatim"
    assert "/healthz" in final["HEALTHCHECK"]
    assert (final["ENTRYPOINT"], final["CMD"]) == ('["verbatim"]', '["bot"]')


def test_every_file_that_the_image_copies_is_in_its_context():
    ignored = (ROOT / ".dockerignore").read_text().split()
    for name, rest in dockerfile_steps():
        if name == "COPY" and not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists()
                assert source not in ignored


@pytest.mark.parametrize(
    "name", ["Dockerfile", "compose.yaml", "packaging/verbatim.service", ".env.example"]
)
def test_every_variable_that_is_set_is_a_setting(name):
    settings = {each.metadata["variable"] for each in fields(Settings) if each.init}
    text = (ROOT / name).read_text(encoding="utf-8")
    named = set(re.findall(r"\b(VERBATIM_[A-Z_]+|DISCORD_TOKEN\w*)\b(?=[=:])", text))
    assert named
    assert named <= settings


def test_the_services_run_what_is_installed_without_rights():
    service = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert service["verbatim"]["cap_drop"] == ["ALL"]
    assert service["verbatim"]["read_only"]
    unit = (ROOT / "packaging" / "verbatim.service").read_text(encoding="utf-8").splitlines()
    assert "ExecStart=/opt/verbatim/bin/verbatim bot" in unit
    assert {"DynamicUser=yes", "NoNewPrivileges=yes", "CapabilityBoundingSet="} <= set(unit)


@pytest.mark.skipif(
    not shutil.which("systemd-analyze"),
    reason="needs systemd-analyze; on Debian: apt-get install systemd",
)
def test_systemd_understands_the_unit(tmp_path):
    program = tmp_path / "verbatim"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    text = (ROOT / "packaging" / "verbatim.service").read_text(encoding="utf-8")
    unit = tmp_path / "verbatim.service"
    unit.write_text(text.replace("/opt/verbatim/bin/verbatim", str(program)), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False
    )
    assert [line for line in done.stderr.splitlines() if "verbatim.service" in line] == []
