"""What every published method is asked: the gradient of its paper, from rewards on, and that it trains."""

from __future__ import annotations

import pytest

from batches import gradient_of
from menolab.errors import BadInput
from menolab.losses.penalty import KLToReference
from menolab.losses.policy_loss import PolicyLoss
from menolab.methods.dr_grpo import dr_grpo
from menolab.methods.grpo import grpo
from menolab.methods.reinforce import reinforce
from menolab.methods.rloo import rloo
from menolab.pieces import published_names
from menolab.runs.pipeline import carry_out
from menolab.runs.stage import Stage
from menolab.stages.reinforce import Reinforce
from menolab.tasks.comparisons import Comparisons
from menolab.tasks.judgements import Judgements
from oracles import Case, clipped_objective, gradient, grpo_advantages, leave_one_out_advantages, mean, weigh
from tiny import tiny_run, tiny_setup


def _batch_mean(case: Case) -> list[float]:
    centre = mean([r for r in case.rewards if r is not None])
    return [0.0 if r is None else r - centre for r in case.rewards]


PAPERS = [
    (grpo(), lambda c: c.per_group(grpo_advantages), "SequenceMean", True),
    (dr_grpo(), lambda c: c.per_group(lambda rs: [r - mean(rs) for r in rs]), "LimitMean", True),
    (rloo(), lambda c: c.per_group(leave_one_out_advantages), "SequenceSum", False),
    (reinforce(), _batch_mean, "SequenceSum", False),
]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("method", "advantages", "aggregation", "clipped"), PAPERS, ids=["grpo", "dr_grpo", "rloo", "reinforce"])
def test_from_rewards_to_gradient_as_in_the_paper(method: Reinforce, advantages, aggregation: str, clipped: bool, seed: int) -> None:
    case = Case(seed)
    weights = advantages(case)

    def loss(logprobs: list[list[float]]) -> float:
        def token(lp: float, old: float, a: float) -> float:
            return -clipped_objective(lp, old, a, 0.2, 0.2) if clipped else -a * lp

        rows = zip(logprobs, case.old, weights, strict=True)
        return weigh([[token(lp, old, a) for lp, old in zip(lps, olds, strict=True)] for lps, olds, a in rows], aggregation, case.limit)

    for got, expected in zip(gradient_of(method, case), gradient(loss, case.logprobs), strict=True):
        assert got == pytest.approx(expected, abs=2e-7)


_JUDGEMENTS = {"task": Judgements(tiny_setup().task)}
GROUNDS = {"heimdall": _JUDGEMENTS, "ctrl": _JUDGEMENTS, "j4r": {"task": Comparisons(tiny_setup().task)}}
"""What methods for a task of their own train on."""


@pytest.mark.parametrize("name", sorted(n for n, m in published_names(Stage).items() if isinstance(m(), Reinforce)))
def test_trains(name: str, tmp_path) -> None:
    method = published_names(Stage)[name]()
    assert isinstance(method, Reinforce)
    run = tiny_run(tmp_path / "run", method=method, steps=2, **GROUNDS.get(name, {}))
    carry_out(run)
    assert (tmp_path / "run" / "models" / "trained" / "model.safetensors").exists()


def test_needs_that_the_loop_does_not_provide_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KLToReference, "needs", frozenset({"values"}))
    with pytest.raises(BadInput, match="does not provide values"):
        Reinforce(loss=PolicyLoss(penalty=KLToReference()))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"rewards": ()}, "at least one"),
        ({"weights": (1.0, 2.0)}, "one weight for each of the 1"),
        ({"epochs": 0}, "epochs = 0"),
        ({"minibatches": 0}, "minibatches = 0"),
    ],
)
def test_values_that_make_no_sense(fields: dict, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        Reinforce(**fields)
