"""Published methods: what each is made of, and that each trains."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from batches import batch_of, inputs_of
from menolab.advantages.advantage import credit
from menolab.errors import BadInput
from menolab.losses.penalty import KLToReference
from menolab.losses.policy_loss import PolicyLoss
from menolab.methods.dr_grpo import dr_grpo
from menolab.methods.grpo import grpo
from menolab.methods.reinforce import reinforce
from menolab.methods.rloo import rloo
from menolab.methods.tina import tina
from menolab.pieces import published_names
from menolab.rewards.accuracy import Accuracy
from menolab.runs.pipeline import carry_out
from menolab.runs.stage import Stage
from menolab.stages.reinforce import Reinforce
from oracles import Case, clipped_objective, gradient, grpo_advantages, leave_one_out_advantages, mean, weigh
from tiny import Variety, tiny_run


def _gradient_of(method: Reinforce, case: Case) -> list[list[float]]:
    """d loss / d logprob as the library computes it, from rewards to gradient."""
    inputs = inputs_of(case, credit(batch_of(case), method.advantage).double())
    method.loss(inputs).loss.backward()
    assert inputs.logprobs_BT.grad is not None
    return [row[:n] for row, n in zip(inputs.logprobs_BT.grad.tolist(), case.lengths, strict=True)]


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

    for got, expected in zip(_gradient_of(method, case), gradient(loss, case.logprobs), strict=True):
        assert got == pytest.approx(expected, abs=2e-7)


def test_dr_grpo_is_a_scaled_leave_one_out_policy_gradient() -> None:
    """On policy, with groups of G: its gradient is RLOO's times (G - 1) / (G L)."""
    case = Case(4)
    case.groups, case.old = [4, 4, 4], case.logprobs
    case.rewards = [0.0, 1.0, 1.0, 0.0, 0.3, 0.1, 0.9, 0.4, 1.0, 0.0, 0.5, 0.2]
    for ours, theirs in zip(_gradient_of(dr_grpo(), case), _gradient_of(rloo(), case), strict=True):
        assert ours == pytest.approx([x * 3 / 4 / case.limit for x in theirs], abs=1e-9)


def test_grpo_favours_short_right_and_long_wrong_responses_and_dr_grpo_does_not() -> None:
    case = Case(0)
    case.groups, case.lengths, case.rewards = [2], [2, 8], [1.0, 0.0]
    case.logprobs = [[-1.0] * 2, [-1.0] * 8]
    case.old = case.reference = case.logprobs
    short, long = (abs(row[0]) for row in _gradient_of(grpo(), case))
    assert short == pytest.approx(4 * long)
    short, long = (abs(row[0]) for row in _gradient_of(dr_grpo(), case))
    assert short == pytest.approx(long)


@pytest.mark.parametrize("name", sorted(n for n, m in published_names(Stage).items() if isinstance(m(), Reinforce)))
def test_trains(name: str, tmp_path) -> None:
    method = published_names(Stage)[name]()
    assert isinstance(method, Reinforce)
    run = tiny_run(tmp_path / "run", method=method, steps=2)
    carry_out(run)
    assert (tmp_path / "run" / "models" / "trained" / "model.safetensors").exists()


def test_tina_moves_adapters_only(tmp_path) -> None:
    """The base is bit-identical, the change is of the adapters' rank, and at the start there is no change."""
    method = replace(tina(rank=2, alpha=4.0), rewards=(Variety(), Accuracy()))
    run = tiny_run(tmp_path / "run", method=method, lr=1e-2)
    carry_out(run)
    before, after = (load_file(run.model_folder(name) / "model.safetensors") for name in ("cold_start", "trained"))
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed and all(name.endswith("_proj.weight") for name in changed)
    for name in changed:
        assert torch.linalg.matrix_rank(after[name] - before[name], rtol=1e-3) <= 2
    learnt = set(load_file(next((run.checkpoints / "reinforce").glob("step-*/weights.safetensors"))))
    assert learnt and all("lora_" in name for name in learnt)


def test_one_bandit_is_learnt() -> None:
    """Softmax over four arms, one of them paying: GRPO's gradient finds it."""
    logits = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    generator = torch.Generator().manual_seed(0)
    method = grpo()
    for _ in range(60):
        arms = torch.multinomial(logits.detach().softmax(0), 16, replacement=True, generator=generator)
        case = Case(0)
        case.groups, case.lengths, case.rewards = [16], [1] * 16, [float(a == 2) for a in arms.tolist()]
        logprobs = logits.log_softmax(0)[arms]
        case.logprobs = case.old = case.reference = [[x] for x in logprobs.tolist()]
        inputs = replace(inputs_of(case, credit(batch_of(case, extra=0), method.advantage).double(), extra=0), logprobs_BT=logprobs[:, None])
        (grad,) = torch.autograd.grad(method.loss(inputs).loss, logits)
        logits.data -= 1.0 * grad
    assert logits.softmax(0)[2] > 0.95


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
