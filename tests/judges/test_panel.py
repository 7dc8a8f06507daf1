"""Judges in a recipe: found wherever they are, their models loaded once, asked in the loop."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from fakes import FakeEngine
from menolab.engines.decoding import Decoding
from menolab.engines.torch_engine import TorchEngine
from menolab.errors import BadInput
from menolab.judges.grader import Grader
from menolab.judges.panel import judges_in, open_panel
from menolab.judges.two_words import TwoWords
from menolab.models.fresh import Fresh
from menolab.models.scoring import score
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.graded_failure import GradedFailure
from menolab.rewards.judged import Judged
from menolab.runs.pipeline import carry_out
from stub_engine import KEY, Stub, group_of
from tiny import Variety, tiny_method, tiny_run, tiny_setup

TINY = Fresh(width=32, layers=1, heads=2, kv_heads=1, head_width=16, mlp=64, context=128)


def test_judges_are_found_inside_other_terms_and_once() -> None:
    one, two = Grader(), Grader(words=TwoWords("y", "n"))
    assert judges_in((Accuracy(), Judged(one), GradedFailure(Judged(two)), Judged(one))) == (one, two)


def test_each_model_is_loaded_once_and_frozen(tmp_path: Path) -> None:
    TINY(KEY).save(tmp_path / "judge")
    own = Stub()
    judges = (Grader(), Grader(str(tmp_path / "judge")), Grader(str(tmp_path / "judge"), words=TwoWords("y", "n")))
    panel = open_panel(judges, own, torch.device("cpu"))
    assert set(panel.engines) == {"", str(tmp_path / "judge")} and panel.engines[""] is own
    engine = panel.engines[str(tmp_path / "judge")]
    assert isinstance(engine, TorchEngine) and not any(p.requires_grad for p in engine.policy.model.parameters())
    (group,) = panel.ask([group_of("4", "5")], KEY)
    assert all(set(r.opinions) == {repr(j) for j in judges} for r in group.rollouts)
    with pytest.raises(BadInput, match="no such folder"):
        open_panel((Grader(str(tmp_path / "nowhere")),), own, torch.device("cpu"))


def test_likelihoods_are_those_of_the_learner() -> None:
    policy = TINY(KEY)
    vocabulary = len(policy.tokenizer)
    engine = TorchEngine(policy)
    prompts = [policy.encode("1+1"), policy.encode("a longer prompt"), policy.encode("1+1")]
    continuations = [engine.tokens("=2"), engine.tokens("!"), ()]
    for prompt, continuation, got in zip(prompts, continuations, engine.likelihoods(prompts, continuations), strict=True):
        tokens_BT = torch.tensor([continuation], dtype=torch.long).reshape(1, -1)
        expected = float(score(policy, [prompt], tokens_BT, torch.ones_like(tokens_BT, dtype=torch.bool), Decoding()).logprobs_BT.detach().sum())
        assert got == pytest.approx(expected, abs=1e-4)
    assert engine.likelihoods([], []) == []
    whole = sum(math.exp(x) for x in engine.likelihoods([prompts[0]] * vocabulary, [(i,) for i in range(vocabulary)]))
    assert whole == pytest.approx(1.0, abs=1e-4)


def test_an_engine_that_only_draws_says_so() -> None:
    with pytest.raises(BadInput, match="cannot score"):
        FakeEngine().likelihoods([(1,)], [(2,)])


def test_a_run_with_a_judge_of_its_own_trains_and_repeats_itself(tmp_path: Path) -> None:
    """The judge's opinions are a function of the recipe: two runs log the same numbers."""
    tiny_setup().base(KEY).save(tmp_path / "judge")
    rewards = (Judged(Grader(str(tmp_path / "judge"))), Judged(Grader()), Variety())
    logs = []
    for name in ("a", "b"):
        carry_out(tiny_run(tmp_path / name, method=replace(tiny_method(), rewards=rewards), steps=2))
        rows = [json.loads(line) for line in (tmp_path / name / "metrics.jsonl").read_text().splitlines()]
        logs.append([row for row in rows if row["stage"] == "reinforce"])
    assert logs[0] == logs[1]
    assert all(0 < row["reward/Judged"] < 1 and 0 < row["reward/Judged.2"] < 1 and row["grad_norm"] > 0 for row in logs[0])
