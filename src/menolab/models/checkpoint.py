"""A language model from a folder or from the Hugging Face Hub."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.models.base import Base
from menolab.models.policy import FACTS_FILE, Policy
from menolab.models.quiet import quiet

TOKENIZER_FILES = ("tokenizer.json", "tokenizer.model", "spiece.model", "vocab.json", "vocab.txt", "tekken.json")
HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")


@dataclass(frozen=True)
class Checkpoint(Base):
    """Any causal language model that transformers knows, by folder or Hub name.

    Safetensors only, and never code from the folder: a model type that transformers itself lacks is refused. (A config that names code of its
    own *beside* a type that transformers has loads with transformers' class.) Dropout is switched off for good: the learner would otherwise see
    another distribution than the sampler.
    """

    name: str = ""
    """A folder, or a name on the Hub such as "Qwen/Qwen2.5-0.5B"."""
    revision: str | None = None
    """Branch, tag or commit on the Hub; None for the main branch."""
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "float32"
    """What the weights are held in; "auto" for what they were saved in."""
    chat: bool | None = None
    """Wrap prompts in the chat template; None: as the saved policy did, else wherever the tokenizer has a template."""

    def __post_init__(self) -> None:
        if not self.name:
            raise BadInput("model", self.name, "give a folder or a Hub name")
        if self.dtype not in ("auto", "float32", "bfloat16", "float16"):
            raise BadInput("dtype", self.dtype, "must be auto, float32, bfloat16 or float16")

    def __call__(self, key: Key) -> Policy:
        """Load it; the key is not used.

        Raises:
            BadInput: the folder is missing, incomplete, damaged, pickled, or needs remote code; the Hub does not give it; or its head is of a kind
                that menolab cannot split off.
        """
        folder = Path(self.name).expanduser()
        local = folder.is_dir()
        if local:
            check_folder(folder)
        elif folder.exists() or folder.is_absolute() or self.name.startswith((".", "~")) or not HUB_NAME.fullmatch(self.name):
            raise BadInput("model", self.name, "no such folder")
        source = str(folder) if local else self.name
        tokenizer, model = self._load(source)
        rows = model.get_input_embeddings().weight.shape[0]
        if len(tokenizer) > rows:
            raise BadInput("model", self.name, f"the tokenizer has {len(tokenizer)} tokens, the model {rows}: they do not belong together")
        _silence_dropout(model)
        policy = Policy(model.eval(), tokenizer, self._chat(folder, tokenizer))
        if not policy.agrees():
            raise BadInput("model", self.name, f"menolab does not know the language-model head of {model.config.model_type}")
        return policy

    def _load(self, source: str) -> tuple[Any, Any]:
        """Tokenizer and model; whatever transformers raises becomes a `BadInput` that says what to do."""
        from safetensors import SafetensorError
        from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

        options: dict[str, Any] = {"revision": self.revision, "trust_remote_code": False}
        try:
            with quiet():
                config = AutoConfig.from_pretrained(source, **options)
                tokenizer = AutoTokenizer.from_pretrained(source, **options)
                load: Any = AutoModelForCausalLM.from_pretrained  # its annotation knows nothing of output_loading_info
                model, told = load(source, config=config, dtype=self.dtype, use_safetensors=True, output_loading_info=True, **options)
        except SafetensorError as error:
            raise BadInput("model", self.name, f"its weights are damaged ({error}); fetch or save them again") from error
        except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
            raise BadInput("model", self.name, _remedy(source, error)) from error
        # transformers fills what is missing with random numbers and only warns.
        missing = sorted(told["missing_keys"])
        if missing:
            raise BadInput("model", self.name, f"the weights lack {len(missing)} tensors of the config's model, e.g. {missing[0]}")
        return tokenizer, model

    def _chat(self, folder: Path, tokenizer: Any) -> bool:
        if self.chat is not None:
            return self.chat
        facts = folder / FACTS_FILE
        return bool(json.loads(facts.read_text())["chat"]) if facts.is_file() else bool(tokenizer.chat_template)


def check_folder(folder: Path) -> None:
    """Raise `BadInput`, naming the file, unless the folder holds a config of a known model type, safetensors weights and a tokenizer."""
    if (folder / "adapter_config.json").is_file() and not (folder / "config.json").is_file():
        raise BadInput("model", str(folder), "is an adapter without its base model; merge it into the base and save that")
    _check_config(folder)
    _check_weights(folder)
    if not any((folder / name).is_file() for name in TOKENIZER_FILES):
        raise BadInput("model", str(folder), "has no tokenizer (tokenizer.json); copy the tokenizer's files beside the weights")


def _check_config(folder: Path) -> None:
    from transformers import CONFIG_MAPPING

    path = folder / "config.json"
    if not path.is_file():
        raise BadInput("model", str(folder), "has no config.json; give the folder that save_pretrained wrote")
    try:
        config = json.loads(path.read_text())
    except (ValueError, OSError) as error:
        raise BadInput("model", str(path), f"is not JSON ({error})") from error
    kind = config.get("model_type") if isinstance(config, dict) else None
    if isinstance(kind, str) and kind in CONFIG_MAPPING:
        return
    if isinstance(config, dict) and config.get("auto_map"):
        raise BadInput("model", str(folder), f"needs code of its own (auto_map in config.json, model_type {kind!r}), which menolab never runs")
    raise BadInput("model", str(path), f"model_type {kind!r} is not one that the installed transformers knows")


def _check_weights(folder: Path) -> None:
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        try:
            shards = set(json.loads(index.read_text())["weight_map"].values())
        except (ValueError, KeyError, AttributeError) as error:
            raise BadInput("model", str(index), f"cannot be read ({error!r})") from error
        absent = sorted(shard for shard in shards if not (folder / shard).is_file())
        if absent:
            raise BadInput("model", str(folder), f"lacks {len(absent)} of {len(shards)} weight files, e.g. {absent[0]}")
    elif not (folder / "model.safetensors").is_file():
        pickled = sorted(p.name for p in folder.iterdir() if p.suffix in (".bin", ".pt", ".pth", ".ckpt"))
        if pickled:
            raise BadInput("model", str(folder), f"has only pickled weights ({pickled[0]}), which can run code when loaded; save them as safetensors")
        raise BadInput("model", str(folder), "has no weights (model.safetensors)")


def _silence_dropout(model: Any) -> None:
    """Set every dropout rate of the modules to 0; the config keeps its own, so a saved folder is as the author wrote it."""
    import torch

    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        if isinstance(getattr(module, "attention_dropout", None), float):
            module.__dict__["attention_dropout"] = 0.0


def _remedy(source: str, error: Exception) -> str:
    """What to do about an error of transformers, one line."""
    text = " ".join(str(error).split())
    short = text if len(text) <= 300 else text[:297] + "..."
    if "trust_remote_code" in text:
        return "needs code of its own, which menolab never runs"
    if Path(source).is_dir():
        return f"cannot be loaded ({short})"
    return f"no such folder, and the Hub does not give it as safetensors ({short})"
