"""Small models of real architectures, quickly exported."""

import json
import shutil
from pathlib import Path


def tiny_encoder(base: Path, folder: Path) -> None:
    """Write an encoder of one small layer that pools by its first token and has prompts.

    ``base`` is the folder of the base model.
    """
    from transformers import AutoConfig, AutoModel, set_seed

    shutil.copytree(base, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    small = {"hidden_size": 32, "num_hidden_layers": 1, "intermediate_size": 64}
    config = AutoConfig.from_pretrained(folder, **small, num_attention_heads=2)
    set_seed(3)
    AutoModel.from_config(config).save_pretrained(folder)
    pooling = {"word_embedding_dimension": 32, "pooling_mode_cls_token": True}
    pooling |= {"pooling_mode_mean_tokens": False}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    settings = folder / "config_sentence_transformers.json"
    prompts = {"prompts": {"query": "question: ", "document": "release: "}}
    settings.write_text(json.dumps(json.loads(settings.read_text()) | prompts))


def tiny_reader(base: Path, folder: Path) -> None:
    """Write an untrained reader of one small layer, with the tokenizer of the base model."""
    import torch
    from transformers import AutoConfig, BertModel

    from embeddings.export.reading_model import ReadingModel, save_reading_model

    small = {"hidden_size": 32, "num_hidden_layers": 1, "intermediate_size": 64}
    config = AutoConfig.from_pretrained(base, **small, num_attention_heads=2)
    torch.manual_seed(3)
    model = ReadingModel(BertModel(config))
    for weights in model.parameters():
        weights.data *= 5  # else all texts would have about the same scores
    save_reading_model(model, folder)
    for file in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        shutil.copyfile(base / file, folder / file)


def first_score(reader: Path, folder: Path) -> None:
    """Write the first score of a reader as a cross-encoder for sentence-transformers."""
    from safetensors.numpy import load_file, save_file

    shutil.copytree(reader, folder)
    weights = {
        name: value[:1] if name.startswith("classifier.") else value
        for name, value in load_file(reader / "model.safetensors").items()
        if not name.startswith("span.")
    }
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text()) | {
        "architectures": ["BertForSequenceClassification"],
        "id2label": {"0": "score"},
        "label2id": {"score": 0},
    }
    (folder / "config.json").write_text(json.dumps(config))
