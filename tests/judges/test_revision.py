"""A critique is worth what is written after it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from menolab.errors import BadInput
from menolab.judges.revision import Revision, thinking
from menolab.keys import Key
from menolab.records import Group, Problem, Rollout, undecided
from menolab.tasks.countdown import Countdown
from menolab.tasks.judgements import Judgements
from menolab.tasks.solved import unpacked
from menolab.verifiers.extract import response
from stub_engine import KEY, Stub, group_of

TASK = Judgements()


def _follower(gold: str) -> Stub:
    """Writes the gold answer if the critique names it, else repeats its mistake."""

    def says(prompt: str, key: Key) -> str:
        return response("", gold if f"use {gold}" in prompt else "0")

    return Stub(says=says)


def _group(problem: Problem, *texts: str) -> Group:
    group = group_of(*texts, problem=problem)
    return group.with_rollouts(tuple(_judged(problem, r) for r in group.rollouts))


def _judged(problem: Problem, r: Rollout) -> Rollout:
    return replace(r, verdict=TASK.verify(problem, r.text))


def test_only_the_revision_counts() -> None:
    problem = TASK(KEY)
    gold = unpacked(problem.facts["about"]).answer
    truth, lie = problem.answer, "10"[int(problem.answer)]
    group = _group(problem, response(f"use {gold}", truth), response(f"use {gold}", lie), response("fine", truth), f"use {gold}")
    engine = _follower(gold)
    (opinions,) = Revision("g")(engine, [group], KEY)
    assert [o.score for o in opinions] == [1.0, 1.0, 0.0, 0.0] and engine.calls == [3]
    assert "no judgement" in opinions[3].reason and "right" in opinions[0].reason and opinions[0].text == response("", gold)
    about = unpacked(problem.facts["about"])
    assert engine.prompts[0] == f"{about.prompt}\n{problem.facts['solution']}\nuse {gold}\n"


def test_what_was_not_decided_stays_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = TASK(KEY)
    group = _group(problem, response("x", "1"))
    ((short,),) = Revision("g")(Stub(context=10), [group], KEY)
    assert short.score is None
    monkeypatch.setattr(Countdown, "verify", lambda self, problem, text: undecided("c", "slow"))
    ((slow,),) = Revision("g")(_follower("1"), [group], KEY)
    assert slow.score is None and "undecided" in slow.reason


def test_other_grounds_are_refused_before_anything_is_computed() -> None:
    Revision().check(TASK(KEY))
    with pytest.raises(BadInput, match="task=Judgements"):
        Revision().check(Countdown()(KEY))
    with pytest.raises(BadInput, match="limit"):
        Revision(limit=0)


def test_the_critique_is_what_stands_in_the_thinking() -> None:
    assert thinking(response(" a b ", "1")) == "a b" and thinking("no tags") == "no tags"
