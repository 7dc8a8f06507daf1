"""A run folder as a training run leaves it, made in a second."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from fakes import FakeEngine, Sums, sums
from menolab.engines.decoding import Decoding
from menolab.evaluation.evaluate import evaluate
from menolab.evaluation.record import save
from menolab.keys import Key
from menolab.records import Group
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.judge import judge
from menolab.rewards.reward import Reward
from menolab.runs.recipe import Recipe
from menolab.runs.run import Launch, Run
from menolab.samplers.independent import Independent
from menolab.stages.collate import collate
from menolab.stages.rollout_log import Lesson, save_rollouts

SKILLS = {"base": (0.0, 0.35), "cold_start": (0.32, 0.12), "trained": (0.55, 0.03)}
"""State -> skill and share truncated."""


def write(folder: Path, *, problems: int = 48, samples: int = 8, steps: int = 120) -> Path:
    """Write all parts of a run folder."""
    folder.mkdir(parents=True, exist_ok=True)
    recipe = {"@": "menolab.runs.recipe:Recipe", "method": {"@": "menolab.stages.reinforce:Reinforce", "epochs": 1}, "seed": 0}
    (folder / "recipe.json").write_text(json.dumps(recipe))
    facts = {"menolab": "0.1.0", "packages": {"torch": "2.13.0"}, "machine": {"processor": "A <fast> one", "cores": 2}, "command": ["meno", "demo"]}
    (folder / "facts.json").write_text(json.dumps(facts))
    rng = random.Random(0)
    with (folder / "metrics.jsonl").open("w") as file:
        for step in range(1, steps + 1):
            loss = 3.1 * math.exp(-step / 25) + 0.4 + rng.gauss(0, 0.05)
            file.write(json.dumps({"stage": "cold_start", "step": step, "loss": loss, "grad_norm": 1 + rng.random()}) + "\n")
        for step in range(1, steps + 1):
            file.write(json.dumps(_reinforced(step, steps, rng)) + "\n")
    with (folder / "timings.jsonl").open("w") as file:
        for step in range(1, steps + 1):
            file.write(json.dumps({"stage": "cold_start", "step": step, "update": 0.31, "other": 0.02, "tokens_per_second": 52_000}) + "\n")
            parts = {"sample": 1.1 + rng.random() / 4, "verify": 0.02, "update": 0.52, "other": 0.03, "tokens_per_second": 9_000 + rng.random() * 500}
            file.write(json.dumps({"stage": "reinforce", "step": step, **parts}) + "\n")
    for state, (skill, truncate) in SKILLS.items():
        told: dict[str, Any] = {"entropy": True, "reference": ("cold start", FakeEngine(logprob=-1.0))} if state == "trained" else {}
        key = Key.root(0).fold(state)
        result = evaluate(FakeEngine(skill, truncate), Sums(), sums(problems), Decoding(max_tokens=200), samples, key, model=state, **told)
        save(folder / "evaluation" / "sums", state, result)
    return folder


def rollouts(folder: Path, *, steps: Sequence[int], problems: int, group: int) -> None:
    """Add stored rollouts of some training steps to a run folder."""
    run = Run(folder, cast(Recipe, None), Launch(device="cpu"))
    for step in steps:
        drawn = Independent(group)(FakeEngine(0.5), sums(problems), Decoding(max_tokens=200), Key.root(step))
        judged = judge(drawn, Sums(), (Accuracy(), Length()), (1.0, 0.1), 0.0)
        batch = collate(judged, 200)
        credit_BT = (batch.reward_B - batch.reward_B.mean())[:, None].expand(batch.mask_BT.shape)
        save_rollouts(run, step, judged, FakeEngine().decode, Lesson(judged, batch, credit_BT, credit_BT.abs(), batch.logprobs_BT - 0.1))


@dataclass(frozen=True)
class Length(Reward):
    """Shorter is better."""

    def __call__(self, group: Group, progress: float) -> list[float | None]:
        return [-len(r.tokens) / 200 for r in group.rollouts]


def _reinforced(step: int, steps: int, rng: random.Random) -> dict[str, float | int | str]:
    rate = 0.35 + 0.3 * (1 - math.exp(-2.5 * step / steps)) + rng.gauss(0, 0.03)
    return {
        "stage": "reinforce", "step": step, "loss": rng.gauss(0, 0.02), "reward": rate - 0.04, "pass_rate": rate,
        "length": 92 + 30 * step / steps + rng.gauss(0, 4),
        "entropy": 0.62 * math.exp(-1.4 * step / steps) + rng.gauss(0, 0.01), "truncated": max(0, 0.12 - 0.1 * step / steps + rng.gauss(0, 0.015)),
        "unparsed": max(0, 0.14 - 0.11 * step / steps + rng.gauss(0, 0.015)), "dead_groups": 0.22 + 0.25 * step / steps + rng.gauss(0, 0.04),
        "grad_norm": 0.4 + abs(rng.gauss(0, 0.1)), "drift": 0.02 * step / steps + abs(rng.gauss(0, 0.001)), "clipped": abs(rng.gauss(0.01, 0.004)),
    }  # fmt: skip
