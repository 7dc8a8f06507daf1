"""Log-probabilities that sampling left unknown, and worked solutions for hints."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
import torch

from fakes import Sums
from menolab.engines.decoding import Decoding
from menolab.engines.torch_engine import TorchEngine
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.losses.policy_loss import PolicyLoss
from menolab.models.policy import Policy
from menolab.records import Batch, Demonstration, Group, Problem
from menolab.samplers.continued import given
from menolab.samplers.independent import Independent
from menolab.stages.collate import collate
from menolab.stages.learner import Learner, adamw
from menolab.stages.rescore import TRIES, check_solutions, fill_unknown, logprobs, with_solutions
from tiny import tiny_setup

KEY, DECODING = Key.root(0), Decoding(max_tokens=10, temperature=0.8)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return tiny_setup().base(KEY)


@pytest.fixture(scope="module")
def groups(policy: Policy) -> list[Group]:
    task = tiny_setup().task
    return Independent(3)(TorchEngine(policy), [task(KEY.fold(i)) for i in range(4)], DECODING, KEY)


def learns(policy: Policy, micro_tokens: int = 10_000) -> Learner:
    return Learner(policy, adamw(policy, (0.9, 0.95), 0.0), PolicyLoss(), DECODING, 1.0, micro_tokens)


def _forget(batch: Batch, rows: list[int], start: int = 0) -> Batch:
    forgotten = batch.logprobs_BT.clone()
    forgotten[rows, start:] = float("nan")
    return replace(batch, logprobs_BT=forgotten)


def test_what_was_forgotten_is_found_again(policy: Policy, groups: list[Group]) -> None:
    batch = collate(groups, 10)
    filled = fill_unknown(_forget(batch, [1, 4, 7], start=2), learns(policy))
    torch.testing.assert_close(filled.logprobs_BT[batch.mask_BT], batch.logprobs_BT[batch.mask_BT], atol=1e-4, rtol=0)
    known = [b for b in range(12) if b not in (1, 4, 7)]
    assert torch.equal(filled.logprobs_BT[known], batch.logprobs_BT[known]), "what was sampled stays bit for bit"
    assert torch.equal(filled.logprobs_BT[[1, 4, 7], :2], batch.logprobs_BT[[1, 4, 7], :2])
    assert fill_unknown(batch, learns(policy)) is batch


@pytest.mark.parametrize("micro_tokens", [1, 40, 10_000])
def test_parts_of_any_size_give_the_same(policy: Policy, groups: list[Group], micro_tokens: int) -> None:
    batch = collate(groups, 10)
    got = logprobs(policy, batch, learns(policy, micro_tokens))
    torch.testing.assert_close(got[batch.mask_BT], batch.logprobs_BT[batch.mask_BT], atol=1e-4, rtol=0)
    assert (got[~batch.mask_BT] == 0).all()


def test_hint_tokens_get_their_probability_after_the_problem_s_prompt(policy: Policy, groups: list[Group]) -> None:
    """A prompt's last token moved into the response is scored there; the rest keeps its sampled values."""
    engine = TorchEngine(policy)
    moved = [given(engine, r, 1) for r in groups[0].rollouts]
    batch = fill_unknown(collate([groups[0].with_rollouts(tuple(moved))], 10), learns(policy))
    assert not batch.logprobs_BT[batch.mask_BT].isnan().any() and batch.given_BT is not None and batch.given_BT.sum() == 3
    for b, r in enumerate(groups[0].rollouts):
        assert batch.logprobs_BT[b, 1 : 1 + len(r.tokens)].tolist() == pytest.approx(list(r.logprobs))
        assert moved[b].prompt + moved[b].tokens == r.prompt + r.tokens


@dataclass(frozen=True)
class Shown(Sums):
    """Shows a right solution once in three."""

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        return Demonstration(f"<answer>{problem.answer}</answer> by {key.path[-1]}" if key.bits() % 3 == 0 else "?", "plain")


@dataclass(frozen=True)
class Wrong(Sums):
    """Never right."""

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        return Demonstration("?", "plain")


def test_solutions_are_right_demonstrations() -> None:
    problems = [Shown()(KEY.fold(i)) for i in range(10)]
    solved = with_solutions([*problems, replace(problems[0], solution="own")], Shown(), KEY)
    assert solved[-1].solution == "own" and all(p.solution and p.solution.startswith(f"<answer>{p.answer}</answer> by ") for p in solved[:-1])
    assert with_solutions(problems, Shown(), KEY) == solved[:-1] and with_solutions(problems[3:4], Shown(), KEY) == solved[3:4]
    assert with_solutions(problems, Wrong(), KEY) == problems and TRIES > 1


def test_a_task_without_demonstrations_is_refused() -> None:
    check_solutions(Shown(), KEY)
    with pytest.raises(BadInput, match="hints are cut from worked responses"):
        check_solutions(Sums(), KEY)
