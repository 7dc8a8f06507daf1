"""The scalar head of a process reward model."""

from __future__ import annotations

import pytest
import torch

from menolab.engines.torch_engine import TorchEngine
from menolab.errors import BadInput
from menolab.judges.process_reward import stepped
from menolab.judges.step_head import Stepped, batches, contrast, step_scores
from menolab.keys import Key
from menolab.models.fresh import Fresh

POLICY = Fresh(width=32, layers=2, heads=2, kv_heads=1, head_width=16, mlp=64, context=128)(Key.root(0))
ENGINE = TorchEngine(POLICY)


def _rows(*texts: str) -> list[Stepped]:
    return [stepped(ENGINE, POLICY.encode("go"), text) for text in texts]


def test_scores_are_the_difference_of_two_logits_at_the_ends_of_steps() -> None:
    (row,) = _rows("1+1=2\n2+2=5\nso")
    (scores,) = step_scores(POLICY, contrast(POLICY, "+", "-"), [row])
    logits = POLICY.model(torch.tensor([[*row.prompt, *row.tokens]])).logits[0].detach()
    good, bad = (POLICY.tokenizer(word, add_special_tokens=False)["input_ids"][0] for word in "+-")
    assert [ENGINE.decode([row.tokens[end]]) for end in row.ends] == ["\n", "\n", "o"]
    for score, end in zip(scores.tolist(), row.ends, strict=True):
        at = logits[len(row.prompt) + end]
        assert score == pytest.approx(float(at[good] - at[bad]), abs=1e-5)


def test_company_and_padding_change_nothing() -> None:
    rows = _rows("1+1=2\n2+2=5\nso", "a", "1\n" * 20)
    head = contrast(POLICY, "+", "-")
    together = step_scores(POLICY, head, rows)
    for row, got in zip(rows, together, strict=True):
        torch.testing.assert_close(got, step_scores(POLICY, head, [row])[0], atol=1e-5, rtol=1e-5)
    assert [len(x) for x in together] == [3, 1, 20]


def test_any_scalar_head_will_do() -> None:
    head = torch.nn.Linear(32, 1)
    (scores,) = step_scores(POLICY, lambda hidden: head(hidden).squeeze(-1), _rows("1\n2"))
    scores.sum().backward()
    assert scores.shape == (2,) and head.weight.grad is not None and POLICY.model.get_input_embeddings().weight.grad is not None


def test_batches_hold_every_row_once_within_the_budget() -> None:
    rows = _rows(*("1" * n for n in (30, 2, 9, 1, 60, 3)))
    parts = batches(rows, 40)
    assert sorted(i for part in parts for i in part) == list(range(6))
    assert all(len(part) == 1 or len(part) * max(len(rows[i].prompt) + len(rows[i].tokens) for i in part) <= 40 for part in parts)


def test_words_must_be_two_different_tokens() -> None:
    with pytest.raises(BadInput, match="one token"):
        contrast(POLICY, "good", "-")
    with pytest.raises(BadInput, match="differ"):
        contrast(POLICY, "+", "+")
