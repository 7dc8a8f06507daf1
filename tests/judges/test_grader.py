"""The grader, its question, and RLVR with soft rewards."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from menolab.advantages.advantage import credit
from menolab.judges.grader import Grader
from menolab.judges.panel import Panel, judges_in, with_opinions
from menolab.judges.two_words import TwoWords
from menolab.methods.soft_rlvr import soft_rlvr
from menolab.rewards.judge import judge
from menolab.stages.collate import collate
from menolab.tasks.countdown import Countdown
from stub_engine import KEY, Stub, group_of

JSON = Grader(words=TwoWords("true", "false", thinking=80, lead='"correct":'))


def test_the_question_is_filled_once_and_braces_in_responses_stay() -> None:
    seen: list[str] = []
    engine = Stub(likes=lambda prompt, word: seen.append(prompt) or 0.0)
    Grader(question="{problem}|{reference}|{response}|{answer}|{other}", words=TwoWords(lead="<a>"))(engine, [group_of("{problem} \\boxed{4}")], KEY)
    assert seen == ["2+2?|4|{problem} \\boxed{4}|{problem} \\boxed{4}|{other}<a>"] * 2


def test_all_questions_of_all_groups_go_in_one_call() -> None:
    engine = Stub(says=lambda prompt, key: 'hm "correct": true')
    assert [len(o) for o in JSON(engine, [group_of("4", "5"), group_of("4", "6", "7")], KEY)] == [2, 3]
    assert engine.calls == [5, 10]


def test_binary_rewards_that_are_equal_give_nothing_where_soft_ones_do() -> None:
    """Every response is taken for right; the soft rewards still tell them apart, and the batch's z-score is that of the paper."""
    belief = {"4": 3.0, "04": 0.5, "4.": 1.0, "four": 0.2}
    engine = Stub(likes=lambda prompt, word: belief[prompt.split("answer: ")[1].split("\n")[0]] if word == "1" else 0.0)
    method = soft_rlvr(group=4)
    for soft in (True, False):
        grader = Grader(words=TwoWords(soft=soft))
        group = with_opinions([group_of(*belief)], repr(Grader()), grader(engine, [group_of(*belief)], KEY))[0]
        scores = [o.score for o in grader(engine, [group], KEY)[0] if o.score is not None]
        values = list(method.rewards[0](group, 0.0))
        assert values == scores
        scored = group.with_rollouts(tuple(replace(r, reward=v) for r, v in zip(group.rollouts, values, strict=True)))
        got = credit(collate([scored], 16), method.advantage)[:, 0].tolist()
        mean = sum(scores) / 4
        deviation = math.sqrt(sum((s - mean) ** 2 for s in scores) / 4)
        assert got == pytest.approx([(s - mean) / deviation if deviation else 0.0 for s in scores], abs=1e-6)
        assert any(got) == soft


def test_the_verb_asks_before_the_terms_are_counted() -> None:
    task = Countdown()
    problem = task(KEY)
    engine = Stub(likes=lambda prompt, word: 1.0 if word == "1" else 0.0)
    method = soft_rlvr()
    panel = Panel(judges_in(method.rewards), {"": engine})
    (group,) = judge([group_of("a", "b", problem=problem)], task, method.rewards, (1.0,), 0.0, lambda groups: panel.ask(groups, KEY))
    assert [r.reward for r in group.rollouts] == pytest.approx([1 / (1 + math.exp(-1))] * 2)
    assert all(r.verdict is not None and r.opinions[repr(Grader())].score == r.reward for r in group.rollouts)
