"""TON: from dropped thoughts to chosen ones."""

from __future__ import annotations

from pathlib import Path

from bandits import climb
from menolab.engines.decoding import Decoding
from menolab.engines.torch_engine import TorchEngine
from menolab.keys import Key
from menolab.losses.penalty import KLToReference
from menolab.losses.policy_loss import PolicyLoss
from menolab.methods.ton import ton
from menolab.rewards.by_mode import thinks
from menolab.samplers.independent import Independent
from menolab.stages.supervised import Supervised
from menolab.tasks.thought_dropout import ThoughtDropout
from recite import Recite
from tiny import tiny_run


def test_thoughts_are_skipped_where_they_do_not_help() -> None:
    """Thinking is cut off now and then; on easy problems it helps less than that costs."""
    cut = 0.05
    easy_before, hard_before = 0.5, 0.5
    easy, hard = (climb(skipped, (1 - cut) * thought, steps=2000) for skipped, thought in ((0.95, 0.95), (0.2, 0.8)))
    assert easy > 0.9 > easy_before and hard < 0.05 < hard_before
    accuracy = [p * skipped + (1 - p) * (1 - cut) * thought for p, (skipped, thought) in ((easy, (0.95, 0.95)), (hard, (0.2, 0.8)))]
    assert accuracy[0] >= 0.94 and accuracy[1] >= 0.74, "nothing is lost"


def test_grpo_s_penalty_is_kept() -> None:
    loss = ton().loss
    assert isinstance(loss, PolicyLoss) and loss.penalty == KLToReference(0.04)


def test_after_the_cold_start_about_that_share_of_thoughts_is_empty(tmp_path: Path) -> None:
    # As long as the thought it replaces, so that batches of like length hold both and a short training sees their true proportion.
    task, decoding = ThoughtDropout(Recite(), 0.3, left="<think>\n...\n</think>"), Decoding(max_tokens=24)
    run = tiny_run(tmp_path / "run", task=task, decoding=decoding, cold_start=Supervised(steps=80, batch=16, pool=640, lr=1e-2))
    policy = run.setup.cold_start(run, run.setup.base(run.key))  # type: ignore[operator]
    problems = [task(Key.root(5).fold(i)) for i in range(10)]
    drawn = [r for g in Independent(20)(TorchEngine(policy), problems, decoding, Key.root(1)) for r in g.rollouts]
    assert 0.15 < sum(not thinks(r.text) for r in drawn) / len(drawn) < 0.45
