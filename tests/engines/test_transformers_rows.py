"""Rows over transformers' own cache: batches that are joined, and rows that leave."""

from __future__ import annotations

import pytest
import torch
from tests.models.architectures import CONFIGS, lean_tiny, tiny

from menolab.engines.transformers_rows import TransformersRows

ALL = [*CONFIGS, "lean qwen2_yarn"]


@pytest.mark.parametrize("name", ALL)
@torch.inference_mode()
def test_rows_that_come_later_and_rows_that_leave(name):
    """Longer prompts and shorter ones join rows that are under way; windows are six tokens wide where there are any."""
    policy = lean_tiny(name.split()[1]) if name.startswith("lean") else tiny(name)
    rows, texts, t = TransformersRows(policy), [], 0
    schedule = [([(1, 20, 30), (1, 20, 30), (5,)], 3, [0, 2]), ([tuple(range(40, 60)), (9, 9)], 4, [1, 2]), ([(6, 7)], 70, [0, 2]), ([(8,) * 5], 2, [])]
    for new, steps, kept in schedule:
        logits = rows.admit(new)
        texts += [list(prompt) for prompt in new]
        check(policy, texts[-len(new) :], logits)
        for step in range(steps):
            t += 1
            token = torch.tensor([(7 * r + 3 * t) % 250 + 5 for r in range(len(texts))])
            for text, drawn in zip(texts, token.tolist(), strict=True):
                text.append(drawn)
            logits = rows.step(token)
            if step in (0, 1, 2, steps - 1):
                check(policy, texts, logits)
        rows.keep(torch.tensor(kept, dtype=torch.long))
        texts = [texts[r] for r in kept]
    logits = rows.admit([(1, 2, 3)])  # after everyone has left
    check(policy, [[1, 2, 3]], logits)


def check(policy, texts, logits) -> None:
    for text, row in zip(texts, logits, strict=True):
        own = policy.model(torch.tensor([text])).logits[0, -1]
        torch.testing.assert_close(row, own, rtol=2e-4, atol=2e-4)


@torch.inference_mode()
def test_a_finished_row_may_have_no_position_left():
    policy = tiny("gpt2")  # learned positions: one too many is an error
    rows = TransformersRows(policy)
    rows.admit([(5,) * 127, (6,)])
    for _ in range(5):
        logits = rows.step(torch.tensor([7, 8]))
    check(policy, [[6, 8, 8, 8, 8, 8]], logits[1:])
