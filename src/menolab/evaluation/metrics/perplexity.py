"""How surprising responses are to another model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.evaluation import statistics
from menolab.evaluation.metrics.metric import Metric, Table, over_problems
from menolab.evaluation.statistics import Estimate
from menolab.keys import Key
from menolab.models.policy import Policy
from menolab.models.scoring import score

ROWS = 64
"""Responses scored at a time."""


@dataclass(frozen=True)
class Perplexity(Metric):
    """perplexity: exp(-1/T sum_t log P_m(y_t | x, y_<t)) of each response under a model m, on response tokens only, averaged over problems.

    As in "Does Reinforcement Learning Really Incentivize Reasoning Capacity in LLMs Beyond the Base Model?" (Yue et al. 2025, arXiv:2504.13837), which asks how
    likely a trained model's responses are under its base. Texts are read with m's own tokenizer and the end token is left out, so m need not be the model that
    wrote them. Empty responses have none.
    """

    paper = "arXiv:2504.13837"
    catalogue = "perplexity"

    model: str = ""
    """A folder or a Hub name; a run folder's model lies in RUN/models."""

    def __call__(self, table: Table) -> dict[str, Estimate | None]:
        from menolab.models.checkpoint import Checkpoint

        if not self.model:
            raise BadInput("model", self.model, "say under which model: its folder or Hub name")
        policy = Checkpoint(self.model)(Key.root(0))
        values = perplexities(policy, [row.prompt for row in table.rows], [row.text for row in table.rows])
        known_PS = table.column(lambda row: 0.0)
        known_PS[:] = [[math.nan if v is None else v for v in values[i : i + table.samples]] for i in range(0, len(values), table.samples)]
        return {"perplexity": over_problems(known_PS, statistics.mean)}


@torch.no_grad()
def perplexities(policy: Policy, prompts: Sequence[str], responses: Sequence[str]) -> list[float | None]:
    """The perplexity of each response after its prompt; None for an empty response.

    Raises:
        BadInput: a prompt with its response that is longer than the model's context.
    """
    encoded = list(zip(policy.encode_all(prompts), policy.tokens(responses), strict=True))
    for number, (prompt, response) in enumerate(encoded):
        if len(prompt) + len(response) > policy.context:
            raise BadInput("response", f"number {number}", f"prompt and response are {len(prompt) + len(response)} tokens, the model reads {policy.context}")
    found: list[float | None] = []
    for start in range(0, len(encoded), ROWS):
        found += _of(policy, encoded[start : start + ROWS])
    return found


def _of(policy: Policy, encoded: Sequence[tuple[tuple[int, ...], tuple[int, ...]]]) -> list[float | None]:
    lengths_B = torch.tensor([len(response) for _, response in encoded])
    width = max(1, int(lengths_B.max()))
    tokens_BT = torch.tensor([[*response, *[0] * (width - len(response))] for _, response in encoded], device=policy.device)
    mask_BT = (torch.arange(width) < lengths_B[:, None]).to(policy.device)
    logprobs_BT = score(policy, [prompt for prompt, _ in encoded], tokens_BT, mask_BT, Decoding()).logprobs_BT.double()
    sums = (logprobs_BT * mask_BT).sum(1).tolist()
    return [math.exp(-s / n) if n else None for s, n in zip(sums, lengths_B.tolist(), strict=True)]
