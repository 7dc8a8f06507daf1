"""Counts of operations and bytes, beside loops that count them one by one and beside torch's own counter."""

from __future__ import annotations

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from menolab.bench.work import Cost, Shapes, held_sampling, held_updating, micro_batches, micro_tokens, sampling, updating
from menolab.bench.workload import PROMPT_TOKENS, Workload, build_policy

WORK = Workload(prompts=2, group=3, max_tokens=9)
LENGTHS = [1, 9, 4, 2, 2, 7]


def fed_positions() -> list[int]:
    """How many positions each token that goes through the layers looks at: both prompts' tokens, then the responses' without their last."""
    prompts = [t + 1 for _ in range(WORK.prompts) for t in range(PROMPT_TOKENS)]
    return prompts + [PROMPT_TOKENS + t for n in LENGTHS for t in range(1, n)]


def trunk(work: Workload) -> int:
    model = build_policy(work).model
    return sum(p.numel() for name, p in model.named_parameters() if "proj.weight" in name)


def test_products_are_the_models_own() -> None:
    shapes = Shapes.of(WORK)
    assert shapes.trunk == trunk(WORK) and shapes.head == build_policy(WORK).plain.get_output_embeddings().weight.numel()
    assert shapes.products["gate-up"] == (1024, 128) and shapes.products["query-key-value"] == (256, 128)


def test_sampling_counted_token_by_token() -> None:
    shapes, seen = Shapes.of(WORK), fed_positions()
    flops = sum(2 * shapes.trunk + 4 * shapes.layers * shapes.query * positions for positions in seen)
    heads = WORK.prompts + sum(n - 1 for n in LENGTHS)  # one prompt's logits serve its whole group
    assert sampling(WORK, LENGTHS).flops == flops + 2 * shapes.head * heads
    state = 2 * shapes.layers * shapes.key * 4
    reads = sum(seen[WORK.prompts * PROMPT_TOKENS :])
    assert sampling(WORK, LENGTHS).bytes == 4 * 9 * (shapes.trunk + shapes.head) + state * (len(seen) + reads)


def test_an_update_is_three_forward_passes() -> None:
    shapes, seen = Shapes.of(WORK), fed_positions()
    forward = sum(2 * shapes.trunk + 4 * shapes.layers * shapes.query * positions for positions in seen) + 2 * shapes.head * sum(LENGTHS)
    assert updating(WORK, LENGTHS, 1).flops == 3 * forward
    more = updating(WORK, LENGTHS, 3).bytes - updating(WORK, LENGTHS, 1).bytes
    assert more == 2 * 4 * 4 * (shapes.trunk + shapes.head)


def test_products_agree_with_torchs_counter() -> None:
    model = build_policy(WORK).model
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.zeros(1, 10, dtype=torch.long), use_cache=False)
    counted = {str(op): n for op, n in counter.get_flop_counts()["Global"].items()}
    shapes = Shapes.of(WORK)
    assert sum(n for op, n in counted.items() if "mm" in op) == 2 * 10 * (shapes.trunk + shapes.head)


def test_half_the_width_is_half_the_traffic_of_keys_and_values() -> None:
    short = Workload(prompts=2, group=3, max_tokens=9, dtype="bfloat16")
    assert sampling(short, LENGTHS).bytes == sampling(WORK, LENGTHS).bytes / 2
    assert sampling(short, LENGTHS).flops == sampling(WORK, LENGTHS).flops


def test_micro_batches_are_those_of_the_launch() -> None:
    work = Workload()
    tokens = 32 * PROMPT_TOKENS + 256 * 127
    assert micro_batches(work, [128] * 256) == -(-tokens // micro_tokens(work)) > 1
    assert micro_batches(WORK, LENGTHS) == 1


def test_what_is_held_grows_with_the_work() -> None:
    work, shapes = Workload(), Shapes.of(Workload())
    short, long = (held_sampling(work, [n] * 64) for n in (50, 100))
    assert long - short == 64 * 50 * 2 * shapes.layers * shapes.key * 4
    assert held_sampling(work, [8] * 512) == held_sampling(work, [8] * 256)  # the rest waits
    weights = 3 * 4 * (shapes.trunk + shapes.head)
    assert held_updating(work, [100] * 256, 10**9) == held_updating(work, [128] * 256, 10**9) > weights  # one micro-batch at a time


def test_ideal_seconds() -> None:
    assert Cost(6.0, 8.0).seconds(3.0, 2.0) == pytest.approx(6.0)
