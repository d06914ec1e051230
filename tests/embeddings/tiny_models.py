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
