"""Perplexity: a uniform model gives V, one that is sure gives 1, batching and padding change nothing, and a loop agrees."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from evaluation.metrics.tables import row
from menolab.errors import BadInput
from menolab.evaluation.metrics import perplexity as module
from menolab.evaluation.metrics.metric import Table
from menolab.evaluation.metrics.perplexity import Perplexity, perplexities
from menolab.keys import Key
from menolab.models.fresh import Fresh
from menolab.models.policy import Policy

TEXTS = ["<think>3 + 4 = 7</think><answer>3 + 4</answer>", "7", "", "3 - 4 = 1 1 1"]
PROMPTS = ["3 4 = 7", "3 4 = 7", "3 4 = 7", "9 2 1 = 8"]


def _policy() -> Policy:
    return Fresh(width=32, layers=1, heads=2, kv_heads=1, head_width=16, mlp=64, context=128, numbers=20)(Key.root(3))


def test_a_uniform_model_gives_the_size_of_its_vocabulary():
    policy = _policy()
    head = policy.plain.get_output_embeddings()
    with torch.no_grad():
        head.weight.zero_()
    values = perplexities(policy, PROMPTS, TEXTS)
    assert values[2] is None, "an empty response has none"
    assert [v for v in values if v is not None] == pytest.approx([head.weight.shape[0]] * 3, rel=1e-5)


def test_a_model_that_is_sure_gives_one():
    policy, token = _policy(), 7
    text = policy.tokenizer.decode([token])
    head = policy.plain.get_output_embeddings()
    with torch.no_grad():
        state = policy.hidden(torch.tensor([policy.encode("3 4 = 7")]))[0, -1]
        head.weight = torch.nn.Parameter(torch.zeros_like(head.weight))  # no longer the embedding's
        head.weight[token] = 100 * state / state.square().sum()  # a logit of 100 for the one token, 0 for the rest
    assert perplexities(policy, ["3 4 = 7"], [text]) == [pytest.approx(1.0, abs=1e-6)]


def test_it_is_exp_of_the_mean_negative_log_likelihood():
    policy = _policy()
    for prompt, text, got in zip(PROMPTS, TEXTS, perplexities(policy, PROMPTS, TEXTS), strict=True):
        tokens = policy.tokenizer(text, add_special_tokens=False)["input_ids"]
        if not tokens:
            continue
        read = list(policy.encode(prompt))
        total = 0.0
        for token in tokens:
            with torch.no_grad():
                logits = policy.plain(torch.tensor([read])).logits[0, -1].double()
            total += float(logits[token] - logits.logsumexp(0))
            read.append(token)
        assert got == pytest.approx(math.exp(-total / len(tokens)), rel=1e-5)


def test_batching_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    whole = perplexities(_policy(), PROMPTS, TEXTS)
    monkeypatch.setattr(module, "ROWS", 1)
    alone = perplexities(_policy(), PROMPTS, TEXTS)
    assert [v or 0 for v in alone] == pytest.approx([v or 0 for v in whole], rel=1e-5)


def test_the_metric_loads_the_model_and_averages(tmp_path: Path):
    policy = _policy()
    policy.save(tmp_path / "m")
    rows = [row(f"{i}", 0, prompt=p, text=t) for i, (p, t) in enumerate(zip(PROMPTS, TEXTS, strict=True))]
    found = Perplexity(str(tmp_path / "m"))(Table(rows, 1, Key.root(0)))["perplexity"]
    known = [v for v in perplexities(policy, PROMPTS, TEXTS) if v is not None]
    assert found is not None and found.n == 3 and found.mean == pytest.approx(sum(known) / 3, rel=1e-5)


def test_bad_input():
    with pytest.raises(BadInput, match="under which model"):
        Perplexity()(Table([row()], 1, Key.root(0)))
    with pytest.raises(BadInput, match="the model reads 128"):
        perplexities(_policy(), ["3 4 = 7"], ["1 " * 200])
