"""Answers after each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from fakes import FakeEngine, sums
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Completion, Request, Rollout
from menolab.samplers.probed import Probed

KEY, DECODING = Key.root(5), Decoding(max_tokens=80)
THOUGHT = "<think>Twelve it is. Wait, no. So Butter costs six. But is it? Wait</think><answer>6</answer>"


@dataclass
class Scripted(FakeEngine):
    """Always thinks THOUGHT; after anything else it answers "7"."""

    asked: list[Request] = field(default_factory=list)

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Completion]:
        self.asked += requests
        texts = ["7</answer>" if "<think>" in self.decode(r.prompt) or "</think>" in self.decode(r.prompt) else THOUGHT for r in requests]
        return [Completion(tuple(map(ord, text)), (-0.5,) * len(text), "stop") for text in texts]


def _pieces(sampler: Probed, thought: str = THOUGHT, limit: int = 80) -> list[str]:
    cuts = sampler.cuts(FakeEngine(), Rollout((1,), tuple(map(ord, thought)), (), thought, "stop"), limit)
    return [thought[a:b] for a, b in zip([0, *cuts], cuts, strict=False)]


def test_steps_begin_with_a_word_of_reflection_and_end_with_the_thinking() -> None:
    assert _pieces(Probed(gap=0.0)) == ["", "<think>Twelve it is.", " Wait, no.", " So Butter costs six.", " But is it?", " Wait"]
    assert _pieces(Probed(gap=0.125)) == ["", "<think>Twelve it is.", " Wait, no.", " So Butter costs six.", " But is it? Wait"]
    assert _pieces(Probed(marks=())) == ["", THOUGHT.partition("</think>")[0]], "no marks, one step"


def test_marks_without_letters_and_at_the_beginning_of_a_line() -> None:
    assert _pieces(Probed(marks=("\n",), gap=0.0), "3*4=12\n12-5=7\n</think>") == ["", "3*4=12", "\n12-5=7", "\n"]
    assert _pieces(Probed(marks=("Wait",), gap=0.0), "so\nWait, Wait aWait Waits") == ["", "so\n", "Wait,", " Wait aWait Waits"]


def test_a_thought_without_end_or_words() -> None:
    assert _pieces(Probed(), "never ending") == ["", "never ending"]
    assert _pieces(Probed(), "") == [""] and _pieces(Probed(), "</think>4") == [""]


def test_probes_go_on_from_closed_beginnings_and_rollouts_stay_as_they_were() -> None:
    engine, problems = Scripted(), sums(2)
    groups = Probed(3, answers=2, gap=0.125)(engine, problems, DECODING, KEY)
    for group in groups:
        assert [r.text for r in group.rollouts] == [THOUGHT] * 3 and group.limit == 80
        assert [(p.sample, p.cut) for p in group.probes] == [(s, c) for s in range(3) for c in (0, 20, 30, 51, 67) for _ in range(2)]
        assert {p.text for p in group.probes if p.cut == 20} == {"<think>Twelve it is.</think><answer>7</answer>"}
        assert all(p.tokens == len("7</answer>") for p in group.probes)
    assert len({request.key for request in engine.asked}) == len(engine.asked) == 2 * 3 * (1 + 5 * 2), "every draw has its own key"
    assert {request.limit for request in engine.asked[6:]} == {20}


def test_draws_depend_on_problem_and_key_alone() -> None:
    problems, sampler = sums(3), Probed(2, answers=2)
    alone = [sampler(FakeEngine(), [p], DECODING, KEY)[0] for p in problems]
    assert sampler(FakeEngine(), problems, DECODING, KEY) == alone


def test_beginnings_that_fill_the_context_are_not_probed() -> None:
    problem = sums(1)[0]
    full = len(problem.prompt) + 20 + len("</think><answer>")
    (group,) = Probed(1, answers=1, gap=0.0)(Scripted(context=full), [problem], DECODING, KEY)
    assert {p.cut for p in group.probes} == {0}


def test_bad_input() -> None:
    with pytest.raises(BadInput, match="answers"):
        Probed(answers=0)
    with pytest.raises(BadInput, match="gap"):
        Probed(gap=-1.0)
    with pytest.raises(BadInput, match="answer"):
        Probed(answer=0.0)
    with pytest.raises(BadInput, match="marks"):
        Probed(marks=("So", ""))
