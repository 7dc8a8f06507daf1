"""Labels of steps by completions and by rule."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.judges.step_labels import ByCompletions, ByEquations
from menolab.keys import Key
from menolab.records import Group, Problem, Verdict, right, undecided, wrong
from menolab.tasks.task import Task
from stub_engine import KEY, Stub, group_of

PROBLEM = Problem("p", "chain", "go", "4")


@dataclass(frozen=True)
class _Chain(Task):
    """Four lines of "+" reach the end; "-" breaks the chain, and "?" leaves it open."""

    @property
    def name(self) -> str:
        return "chain"

    def __call__(self, key: Key) -> Problem:
        return PROBLEM

    def verify(self, problem: Problem, text: str) -> Verdict:
        if "?" in text:
            return undecided("c", "open")
        return right("c", "", text) if text.count("+") == 4 and "-" not in text else wrong("c", "", text)


def _completer(chance: float) -> Stub:
    """Goes on with lines of "+" with `chance` each and "-" else, up to four lines."""

    def says(prompt: str, key: Key) -> str:
        rng: random.Random = key.random()
        lines = 4 - prompt.count("\n")
        return "\n".join("+" if rng.random() < chance else "-" for _ in range(lines))

    return Stub(says=says)


def _group(*texts: str) -> Group:
    return group_of(*texts, problem=PROBLEM)


def test_soft_labels_converge_to_the_chance_of_success() -> None:
    ((labels,),) = ByCompletions(4000)(_completer(0.8), _Chain(), [_group("+\n+\n+\n+")], Decoding(max_tokens=16), KEY)
    assert labels == pytest.approx([0.8**3, 0.8**2, 0.8, 1.0], abs=0.03)
    ((broken,),) = ByCompletions(200)(_completer(0.8), _Chain(), [_group("+\n-\n+\n+")], Decoding(max_tokens=16), KEY)
    assert broken[0] == pytest.approx(0.8**3, abs=0.1) and broken[1:] == [0.0, 0.0, 0.0], "nothing comes right behind the first error"


def test_hard_labels_ask_whether_any_completion_came_right() -> None:
    ((labels,),) = ByCompletions(50, soft=False)(_completer(0.5), _Chain(), [_group("+\n+\n-\n+")], Decoding(max_tokens=16), KEY)
    assert labels == [1.0, 1.0, 0.0, 0.0]


def test_all_completions_are_one_call_and_undecided_ones_do_not_count() -> None:
    engine = Stub(says=lambda prompt, key: "?" if key.random().random() < 0.5 else "+\n+")
    (group,) = ByCompletions(20)(engine, _Chain(), [_group("+\n+\n+\n+", "+\n+\n?", "")], Decoding(max_tokens=16), KEY)
    assert engine.calls == [20 * (3 + 2)]
    assert group[0] == [0.0, 1.0, 0.0, 1.0] and group[1][2] is None and group[2] == []
    cut = Stub(says=lambda prompt, key: "+", context=5)
    ((labels,),) = ByCompletions(2)(cut, _Chain(), [_group("+\n+\n+\n+")], Decoding(max_tokens=16), KEY)
    assert labels == [None, None, None, 1.0], "no room to complete is no label"
    with pytest.raises(BadInput, match="completions"):
        ByCompletions(0)


def test_equations_label_their_own_steps() -> None:
    text = "<think>1+1=2 2+2=4\nso far\n3+3=7 1+1=2\n4+4=8</think><answer>+\n+\n+\n+</answer>"
    ((labels,),) = ByEquations()(Stub(), _Chain(), [_group(text)], Decoding(), KEY)
    assert labels == [1.0, None, 0.0, 1.0, None, None, None, 0.0]
