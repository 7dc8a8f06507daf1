"""The scalar head of a process reward model, and what it says at the ends of steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from menolab.errors import BadInput
from menolab.models.policy import Policy

Head = Callable[[torch.Tensor], torch.Tensor]
"""Hidden states [..., D] to scores [...], before the sigmoid. Any scalar head will do; `contrast` is the one that needs no weights of its own."""


@dataclass(frozen=True)
class Stepped:
    """A solution and where its steps end."""

    prompt: tuple[int, ...]
    tokens: tuple[int, ...]
    ends: tuple[int, ...]
    """Index of each step's last token in `tokens`."""
    labels: tuple[float | None, ...] = ()
    """What each step is known to be worth, in [0, 1]; None: not known. Empty where it is asked for."""


def contrast(policy: Policy, good: str, bad: str) -> Head:
    """logit(good) - logit(bad), two rows of the language-model head: its sigmoid is p(good) over the two.

    Wang et al. 2024 (Math-Shepherd), arXiv:2312.08935, train "+" against "-" at the end of every step, so that a process reward model is an ordinary
    language model on disk. (Their authors put a mark of its own behind each step; here the step's last token bears the score.)

    Raises:
        BadInput: a word that is not one token.
    """
    rows = []
    for name, word in (("good", good), ("bad", bad)):
        ids = policy.tokens([word])[0]
        if len(ids) != 1:
            raise BadInput(name, word, f"must be one token of this model's tokenizer, and is {len(ids)}")
        rows.append(ids[0])
    if rows[0] == rows[1]:
        raise BadInput("bad", bad, "must differ from good")

    def head(hidden: torch.Tensor) -> torch.Tensor:
        logits = policy.logits(hidden)
        return logits[..., rows[0]] - logits[..., rows[1]]

    return head


def step_scores(policy: Policy, head: Head, rows: Sequence[Stepped]) -> list[torch.Tensor]:
    """The head's scores of each solution's steps, differentiable, before the sigmoid. One forward pass: right-padded, which a causal model never sees."""
    inputs = [(*row.prompt, *row.tokens) for row in rows]
    width = max(map(len, inputs))
    tokens_BT = torch.tensor([[*tokens, *[0] * (width - len(tokens))] for tokens in inputs], device=policy.device)
    hidden_BTD = policy.hidden(tokens_BT, use_cache=False)
    b_N = [b for b, row in enumerate(rows) for _ in row.ends]
    t_N = [len(row.prompt) + end for row in rows for end in row.ends]
    scores_N = head(hidden_BTD[b_N, t_N])
    return list(scores_N.split([len(row.ends) for row in rows]))


def batches(rows: Sequence[Stepped], budget: int) -> list[list[int]]:
    """Indices of rows of like length, at most `budget` padded tokens together (one row at least)."""
    order = sorted(range(len(rows)), key=lambda i: len(rows[i].prompt) + len(rows[i].tokens))
    parts: list[list[int]] = []
    for i in order:
        length = len(rows[i].prompt) + len(rows[i].tokens)
        if parts and (len(parts[-1]) + 1) * length <= budget:
            parts[-1].append(i)
        else:
            parts.append([i])
    return parts
