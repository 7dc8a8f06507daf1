"""The reinforcement loop: rounds of sampling, passes over token subsets, and what it computes for parts that ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch

from menolab.advantages.advantage import Advantage, Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.kl_in_reward import KLInReward
from menolab.advantages.probability_split import ProbabilitySplit
from menolab.curricula.filter import MixedRewards
from menolab.curricula.mixed_verdicts import MixedVerdicts
from menolab.errors import BadInput
from menolab.records import Batch, Group, Problem, Rollout, right, wrong
from menolab.runs.pipeline import carry_out
from menolab.samplers.hinted import Hinted
from menolab.stages.reinforce import Clock, Reinforce, describe, gather
from menolab.tasks.knights_knaves import KnightsKnaves
from tiny import Variety, tiny_method, tiny_run


def _group(name: str, *right_ones: bool) -> Group:
    verdicts = [right("c", "", "1") if x else wrong("c", "") for x in right_ones]
    return Group(Problem(name, "t", "?", "1"), tuple(Rollout((1,), (2,), (-0.1,), "", "stop", i, v, {}, v.score) for i, v in enumerate(verdicts)))


def _rounds(seen: list[int]) -> Iterator[list[Group]]:
    """Endless rounds of four problems, the i-th group of each mixed, solved, hopeless, mixed."""
    n = 0
    while True:
        seen.append(n)
        yield [_group(f"{n}a", True, False), _group(f"{n}b", True, True), _group(f"{n}c", False, False), _group(f"{n}d", False, True)]
        n += 1


def test_problems_are_drawn_until_the_step_is_full_and_every_group_is_mixed() -> None:
    seen: list[int] = []
    drawn, kept = gather(_rounds(seen), (MixedVerdicts(),), 5)
    assert seen == [0, 1, 2] and len(drawn) == 12
    assert [g.problem.id for g in kept] == ["0a", "0d", "1a", "1d", "2a"], "what is beyond the room is dropped"
    assert all(0 < sum(r.verdict is not None and r.verdict.right for r in g.rollouts) < 2 for g in kept)


def test_the_number_of_rounds_is_bounded() -> None:
    hopeless = [[_group(f"{n}", False, False)] for n in range(3)]
    drawn, kept = gather(hopeless, (MixedVerdicts(),), 1)
    assert len(drawn) == 3 and kept == []
    one = [_group("a", True), _group("b", False)]
    assert gather([one, one], (), 2) == (one, one), "without filters one round fills the step"


def _metrics(folder: Path) -> list[dict]:
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [row for row in rows if row["stage"] == "reinforce"]


def test_a_hopeless_ground_costs_all_rounds_and_gives_no_update(tmp_path: Path) -> None:
    method = tiny_method(rewards=(Variety(),), filters=(MixedVerdicts(),), draws=3)
    run = tiny_run(tmp_path / "run", method=method, steps=2)
    carry_out(run)
    for row in _metrics(tmp_path / "run"):
        assert row["drawn"] == 48 or row["kept"] > 0
    assert any(row["drawn"] == 48 and row["kept"] == 0 and row["grad_norm"] == 0.0 for row in _metrics(tmp_path / "run"))


def test_a_full_step_draws_once(tmp_path: Path) -> None:
    method = tiny_method(rewards=(Variety(),), draws=5)
    run = tiny_run(tmp_path / "run", method=method, steps=2)
    carry_out(run)
    assert [(row["drawn"], row["kept"]) for row in _metrics(tmp_path / "run")] == [(16, 16), (16, 16)]
    mixed = tiny_run(tmp_path / "mixed", method=tiny_method(rewards=(Variety(),), filters=(MixedRewards(),), draws=5), steps=2)
    carry_out(mixed)
    assert all(row["kept"] == 16 and row["drawn"] % 16 == 0 for row in _metrics(tmp_path / "mixed"))


@dataclass(frozen=True)
class Seen(Advantage):
    """Leaves credit alone and remembers nothing; asserts that what it needs is there."""

    needs = frozenset({"reference_logprobs"})

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        assert batch.reference_logprobs_BT is not None and batch.reference_logprobs_BT.shape == batch.mask_BT.shape
        gap = (batch.reference_logprobs_BT - batch.logprobs_BT)[batch.mask_BT]
        assert gap.abs().max() < 1e-3, "lr is 0: the policy is still the reference"
        return credit_BT


def test_an_advantage_that_asks_for_the_reference_gets_it(tmp_path: Path) -> None:
    method = tiny_method(advantage=Chain((KLInReward(0.1), GroupBaseline(), Seen())))
    carry_out(tiny_run(tmp_path / "run", method=method, steps=2, lr=1e-30))
    assert len(_metrics(tmp_path / "run")) == 2


def test_passes_update_one_after_the_other(tmp_path: Path) -> None:
    """Two passes over complementary tokens make two updates; the metrics are their means; all tokens of one pass make one."""
    split = (ProbabilitySplit(0.1), ProbabilitySplit(0.1, likely=True))
    for name, passes in (("split", split), ("whole", (Chain(),)), ("one_side", (ProbabilitySplit(1.0),))):
        carry_out(tiny_run(tmp_path / name, method=tiny_method(rewards=(Variety(),), passes=passes), steps=1))
    split_, whole, one_side = (_metrics(tmp_path / name)[0] for name in ("split", "whole", "one_side"))
    assert one_side["grad_norm"] == pytest.approx(whole["grad_norm"], rel=1e-5), "pi <= 1 is every token"
    assert 0 < split_["grad_norm"] != pytest.approx(whole["grad_norm"], rel=1e-3) and split_["reward"] == whole["reward"]


def test_nothing_to_pass_over_is_refused() -> None:
    with pytest.raises(BadInput, match="passes"):
        Reinforce(passes=())
    with pytest.raises(BadInput, match="draws"):
        Reinforce(draws=0)


def test_hints_on_a_ground_without_solutions_are_refused_before_anything_is_computed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(self, problem, key):
        raise NotImplementedError("KnightsKnaves writes no demonstrations")

    monkeypatch.setattr(KnightsKnaves, "demonstrate", silent)
    run = tiny_run(tmp_path / "run", method=Reinforce(sampler=Hinted(4)), task=KnightsKnaves())
    with pytest.raises(BadInput, match="hints are cut"):
        run.recipe.method.check(run)


def test_tokens_of_unknown_probability_and_hints_do_not_count_in_the_description() -> None:
    group = _group("a", True, False)
    known, hinted = group.rollouts
    hinted = replace(hinted, tokens=(1, 2, 3), logprobs=(float("nan"), float("nan"), -0.5), given=2)
    row = describe([group.with_rollouts((replace(known, rewards={}), replace(hinted, rewards={})))])
    assert row["entropy"] == pytest.approx(0.3) and row["length"] == 1.0


def test_laps_of_one_name_add_up() -> None:
    clock = Clock()
    for _ in range(3):
        clock.lap("sample")
    assert set(clock.laps) == {"sample"} and sum(clock.laps.values()) == pytest.approx(clock.last - clock.began)
