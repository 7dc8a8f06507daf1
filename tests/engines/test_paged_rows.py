"""Rows in pages: what each reads, who owns which page, and that none is lost."""

from __future__ import annotations

from collections import Counter

import pytest
import torch
from tests.models.architectures import lean_tiny

from menolab.engines import paged_rows
from menolab.engines.paged_rows import PAGE, PagedRows
from menolab.models.lean import native
from menolab.models.lean.model import lean
from menolab.models.policy import Policy

if not native.available():
    pytest.skip("no compiler on this machine", allow_module_level=True)


def rows_of(policy: Policy, pages: int, longest: int, dtype: torch.dtype = torch.float32) -> PagedRows:
    model = lean(policy)
    assert model is not None
    return PagedRows(policy, model, pages, longest, dtype)


def check_owners(rows: PagedRows, pages: int) -> None:
    """Every page is free or named by rows, as often as is said; the page that a row writes next is its own alone, or not taken yet."""
    own = [table[: -(-length // PAGE)] for table, length in zip(rows.table.tolist(), rows.length.tolist(), strict=True)]
    named = Counter(page for row in own for page in row)
    assert {page: n for page, n in enumerate(rows.pages.users.tolist()) if n} == named
    assert sorted([*rows.pages.free.tolist(), *named]) == list(range(pages)), "a page is lost, or free and named at once"
    for row, length in zip(own, rows.length.tolist(), strict=True):
        assert length % PAGE == 0 or named[row[length // PAGE]] == 1


def own_logits(policy: Policy, tokens: list[int]) -> torch.Tensor:
    return policy.model(torch.tensor([tokens])).logits[0, -1]


def users(rows: PagedRows) -> list[int]:
    return sorted(n for n in rows.pages.users.tolist() if n)


X = tuple(range(10, 26))
TREES = {
    "lengths": [tuple(range(5, 5 + n)) for n in (1, 2, 15, 16, 17, 31, 32, 33, 48)],
    "one prompt": [tuple(range(5, 45))] * 4,
    "one trunk": [tuple(range(5, 45)) + (t,) * n for t, n in ((50, 1), (51, 3), (52, 20))] + [tuple(range(5, 45))],
    "a prompt that is the trunk of others": [X, X + (30,) * 24, X + (31,) * 8],
    "a trunk of whole pages": [X + X, X + X + (30,), X + X + X, X],
}


@pytest.mark.parametrize("at_once", [1, 10**6])
@pytest.mark.parametrize("name", ["llama", "qwen3"])
@pytest.mark.parametrize("prompts", TREES.values(), ids=TREES)
@torch.inference_mode()
def test_rows_read_what_the_model_reads(prompts, name, at_once, monkeypatch):
    monkeypatch.setattr(paged_rows, "READ_AT_ONCE", at_once)
    policy, steps = lean_tiny(name), 20
    longest = max(map(len, prompts)) + steps
    pages = 40 * len(prompts)
    rows = rows_of(policy, pages, longest)
    for states in (*rows.keys, *rows.values):
        states.fill_(float("nan"))  # what was never written must not be read
    texts = [list(prompt) for prompt in prompts]
    logits = rows.admit(prompts)
    for t in range(steps):
        check_owners(rows, pages)
        for text, row in zip(texts, logits, strict=True):
            torch.testing.assert_close(row, own_logits(policy, text), rtol=1e-4, atol=1e-4)
        token = torch.tensor([40 + (3 * r + t) % 50 for r in range(len(prompts))])
        for text, drawn in zip(texts, token.tolist(), strict=True):
            text.append(drawn)
        logits = rows.step(token)


@torch.inference_mode()
def test_a_group_keeps_its_prompt_once():
    policy = lean_tiny("qwen3")
    rows = rows_of(policy, 100, 60)
    rows.admit([tuple(range(5, 45))] * 8)  # 40 tokens: two full pages, and 8 tokens in a third
    assert users(rows) == [1] * 8 + [8, 8] and len(rows.pages.free) == 90
    rows.keep(torch.tensor([3]))
    assert users(rows) == [1, 1, 1] and len(rows.pages.free) == 97
    rows.keep(torch.tensor([], dtype=torch.long))
    assert not users(rows) and sorted(rows.pages.free.tolist()) == list(range(100))


@torch.inference_mode()
def test_a_row_takes_a_page_when_it_begins_one_and_the_next_takes_what_is_hot():
    rows = rows_of(lean_tiny("llama"), 100, 90)
    rows.admit([(7,) * 15, (8,) * 3])
    taken = []
    for _ in range(20):
        rows.step(torch.tensor([5, 6]))
        taken.append(100 - len(rows.pages.free))
    assert taken == [2] + [3] * 12 + [4] * 4 + [5] * 3, "the first begins its second page at token 17 and its third at 33, the other its second at 17"
    gone = rows.table[1, :2].tolist()
    rows.keep(torch.tensor([0]))
    rows.admit([(9,) * 17])
    assert rows.table[1, 0] in gone


@torch.inference_mode()
def test_rows_past_their_limit_leave_the_others_alone():
    """Row 0 is done after one token and waits for fifty steps; its neighbours do not notice, and no page of theirs is written."""
    policy, steps = lean_tiny("llama"), 50
    prompts = [(7,) * 15, (8, 9, 10), (11,) * 33]
    rows = rows_of(policy, 30, 90)
    rows.admit(prompts)
    texts = [list(prompt) for prompt in prompts]
    for t in range(steps):
        token = torch.tensor([20, 30 + t, 90 + t])
        logits = rows.step(token)
        check_owners(rows, 30)
        for r in (1, 2):
            texts[r].append(int(token[r]))
            torch.testing.assert_close(logits[r], own_logits(policy, texts[r]), rtol=1e-4, atol=1e-4)


@torch.inference_mode()
def test_rows_at_the_very_end_of_their_table_stay_there():
    policy = lean_tiny("llama", max_position_embeddings=20)
    rows = rows_of(policy, 6, 20)
    assert all(len(layer.turn.cos) >= 32 for layer in rows.layers), "its last page ends behind the context, and so do the positions that are looked up"
    rows.admit([(7,) * 18, (8,)])
    for _ in range(60):
        logits = rows.step(torch.tensor([5, 6]))
        check_owners(rows, 6)
    assert logits.shape == (2, 263)


@torch.inference_mode()
def test_pages_go_round():
    """Rows come, go and come again in half as many pages as they would need together."""
    policy = lean_tiny("llama")
    generator = torch.Generator().manual_seed(0)
    rows, texts = rows_of(policy, 14, 32), []
    for turn in range(12):
        new = [tuple(torch.randint(3, 200, (int(n),), generator=generator).tolist()) for n in torch.randint(1, 20, (2,), generator=generator)]
        new[1] = new[0] if turn % 3 == 0 else new[1]
        logits = rows.admit(new)
        check_owners(rows, 14)
        texts += [list(prompt) for prompt in new]
        for text, row in zip(texts[-2:], logits, strict=True):
            torch.testing.assert_close(row, own_logits(policy, text), rtol=1e-4, atol=1e-4)
        for t in range(3):
            token = torch.tensor([30 + 5 * r + t for r in range(len(texts))])
            logits = rows.step(token)
            for text, drawn, row in zip(texts, token.tolist(), logits, strict=True):
                text.append(drawn)
                torch.testing.assert_close(row, own_logits(policy, text), rtol=1e-4, atol=1e-4)
        kept = [r for r in range(len(texts)) if (r + turn) % 3 == 0][:2]
        rows.keep(torch.tensor(kept, dtype=torch.long))
        texts = [text for r, text in enumerate(texts) if r in kept and len(text) < 26]
        rows.keep(torch.tensor([i for i, r in enumerate(kept) if int(rows.length[i]) < 26], dtype=torch.long))
        check_owners(rows, 14)


@torch.inference_mode()
def test_bfloat16_pages():
    """43 prompt tokens are read as 44; what is idle is kept nowhere."""
    policy = lean_tiny("qwen3")
    rows, prompts = rows_of(policy, 20, 60, torch.bfloat16), [(1, 20, 30), tuple(range(3, 43))]
    logits = rows.admit(prompts)
    assert rows.keys[0].dtype == torch.bfloat16 and logits.dtype == torch.float32
    for texts in (prompts, [(*prompt, 50) for prompt in prompts]):
        for text, row in zip(texts, logits, strict=True):
            own = own_logits(policy, list(text))
            assert (row - own).abs().max() <= 0.03 * own.abs().max()
        logits = rows.step(torch.tensor([50, 50]))
