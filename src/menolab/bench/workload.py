"""The workload on which speed is measured: model, tokenizer and problems, the same for us and for the peer.

Prompts are 24 characters ("compute 123+456 slowly:"), one token each, so nobody pads them. A model that was never trained draws each of its 64 tokens about
equally often, the end token among them: "ragged" lengths are about geometric with mean 64, cut at the limit. "fixed" takes the end token away.
"""

from __future__ import annotations

import json
import string
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from menolab.errors import BadInput, check_range, unknown
from menolab.keys import Key

if TYPE_CHECKING:
    import torch

    from menolab.models.policy import Policy

PAD, END = SPECIALS = ("<|endoftext|>", "<|im_end|>")
SYMBOLS = tuple("0123456789+-*/=()<>?:;,. \n" + string.ascii_lowercase)
CONTEXT = 512
PROBLEMS = 2048
"""Sums in the file that training draws from."""


@dataclass(frozen=True)
class Size:
    """A Qwen2 model's widths."""

    width: int
    layers: int
    heads: int
    kv_heads: int
    mlp: int


SIZES = {"1m": Size(128, 4, 4, 2, 512), "5m": Size(256, 6, 8, 4, 768), "20m": Size(512, 7, 8, 4, 1408)}
LENGTHS = ("ragged", "fixed")
DTYPES = ("float32", "bfloat16")
REWARDS = ("digits", "right")


@dataclass(frozen=True)
class Workload:
    """What is sampled and learnt from in one step, and with what."""

    size: str = "1m"
    lengths: str = "ragged"
    dtype: str = "float32"
    """Of matrix products; weights and optimiser state are float32."""
    device: str = "auto"
    threads: int = 0
    """0: each side as it comes."""
    prompts: int = 32
    group: int = 8
    max_tokens: int = 128
    vocabulary: int = 64
    reward: str = "digits"
    """"digits": 1 for the right sum plus a tenth of the share of digits, so that every rollout is learned from; "right": the right sum alone."""

    def __post_init__(self) -> None:
        for field, value, known in (
            ("--size", self.size, SIZES),
            ("--lengths", self.lengths, LENGTHS),
            ("--dtype", self.dtype, DTYPES),
            ("--reward", self.reward, REWARDS),
        ):
            if value not in known:
                raise unknown(field, value, known)
        check_range("--threads", self.threads, 0)
        check_range("prompts", self.prompts, 1, PROBLEMS // 2)
        check_range("group", self.group, 2)
        check_range("max_tokens", self.max_tokens, 1, CONTEXT - PROMPT_TOKENS)
        check_range("vocabulary", self.vocabulary, len(SPECIALS) + len(SYMBOLS))

    @property
    def rollouts(self) -> int:
        return self.prompts * self.group

    @property
    def data(self) -> dict[str, Any]:
        """As JSON, for another process: `Workload(**data)`."""
        return asdict(self)

    @property
    def torch_dtype(self) -> torch.dtype | None:
        """Of products, where it is not the weights' own."""
        import torch

        return torch.bfloat16 if self.dtype == "bfloat16" else None

    @property
    def torch_device(self) -> str:
        """Where it runs: a GPU if there is one and nothing else was asked for."""
        import torch

        return ("cuda" if torch.cuda.is_available() else "cpu") if self.device == "auto" else self.device

    def settle(self) -> None:
        """Give torch the number of threads that was asked for, and see that the device works.

        Raises:
            BadInput: this machine does not have it.
        """
        import torch

        if self.threads:
            torch.set_num_threads(self.threads)
        try:
            torch.empty(0, device=self.torch_device)
        except (RuntimeError, AssertionError, NotImplementedError) as error:
            raise BadInput("--device", self.device, f"this machine cannot use it ({str(error).splitlines()[0][:150]}); give auto, cpu or cuda") from error


def prompt_of(a: int, b: int) -> str:
    """What the model reads."""
    return f"compute {a}+{b} slowly:\n"


PROMPT_TOKENS = len(prompt_of(100, 999))


def problems(count: int) -> list[dict[str, str]]:
    """Distinct sums of two numbers of three digits, as rows {prompt, answer}."""
    rows: dict[str, str] = {}
    random = Key.root(0).fold("bench", "problems").random()
    while len(rows) < count:
        a, b = random.randint(100, 999), random.randint(100, 999)
        rows[prompt_of(a, b)] = str(a + b)
    return [{"prompt": prompt, "answer": answer} for prompt, answer in rows.items()]


def write_problems(path: Path, rows: list[dict[str, str]]) -> Path:
    """The problems as JSON Lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def build_tokenizer(*, end: bool) -> Any:
    """One token a character, 64 in all; without `end` no token ends a response.

    It is Qwen2's own class with another vocabulary, because that is what `AutoTokenizer` makes of any folder with a Qwen2 model in it.
    """
    from transformers import Qwen2Tokenizer

    letters = {" ": "\u0120", "\n": "\u010a"}  # how byte-level vocabularies write blanks; the other symbols stand for themselves
    tokens = [*SPECIALS, *(letters.get(symbol, symbol) for symbol in SYMBOLS)]
    tokens += [f"<spare-{i}>" for i in range(len(tokens), 64)]
    special: dict[str, Any] = {"unk_token": PAD, "pad_token": PAD, "eos_token": END if end else None}
    return Qwen2Tokenizer(vocab={token: i for i, token in enumerate(tokens)}, merges=[], padding_side="left", **special)


def write_model(work: Workload, folder: Path) -> Path:
    """The workload's model as a standard Hugging Face folder."""
    build_policy(work).save(folder)
    if work.lengths == "fixed":  # trap: what is None is not written, and read as the class's default
        path = folder / "tokenizer_config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"eos_token": None}))
    return folder


def build_policy(work: Workload) -> Policy:
    """A random model of the workload's size, in float32 on the CPU, ready to sample: the same weights for every length, dtype and device.

    Qwen2 with tied embeddings and transformers' own initialisation, since the peer's users would have just that.
    """
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    from menolab.models.policy import Policy

    size, ended = SIZES[work.size], work.lengths == "ragged"
    tokenizer = build_tokenizer(end=ended)
    config = Qwen2Config(
        vocab_size=work.vocabulary,
        hidden_size=size.width,
        intermediate_size=size.mlp,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        num_key_value_heads=size.kv_heads,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(Key.root(0).fold("bench", "weights").torch_seed())
        model = Qwen2ForCausalLM(config)
    return Policy(model.eval(), tokenizer)
