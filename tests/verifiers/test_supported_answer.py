"""Answers with the sentences that they rest on."""

from __future__ import annotations

import json
import random

import pytest

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.verifiers.answer import Unreadable
from menolab.verifiers.short_answer import normalise
from menolab.verifiers.supported_answer import SupportedAnswer, fact_overlap, read_facts

FACTS = [["Alu", 3], ["Lilu (mythology)", 0]]


def judge(said: object, gold: str = "a spirit", facts: object = FACTS):
    text = said if isinstance(said, str) else json.dumps(said)
    return SupportedAnswer()(Problem("p", "t", "", gold, facts={"supporting_facts": facts}), f"<answer>{text}</answer>")


def counted(gold: list, found: list) -> tuple[float, float]:
    """True and false positives and false negatives one by one, as HotpotQA's script counts them."""
    tp = fp = fn = 0
    for fact in set(map(tuple, found)):
        tp, fp = (tp + 1, fp) if fact in set(map(tuple, gold)) else (tp, fp + 1)
    for fact in set(map(tuple, gold)):
        fn += fact not in set(map(tuple, found))
    return (tp / (tp + fp) if tp + fp else 0.0), (tp / (tp + fn) if tp + fn else 0.0)


def words(gold: str, found: str) -> tuple[float, float]:
    left, right = normalise(gold).split(), normalise(found).split()
    same = sum(min(left.count(word), right.count(word)) for word in set(left))
    return (same / len(right), same / len(left)) if same else (0.0, 0.0)


def test_joint_scores_agree_with_counting_one_by_one() -> None:
    draw = random.Random(5)
    pool = [["A", 0], ["A", 1], ["B", 0], ["C", 2], ["D", 7]]
    for _ in range(300):
        gold, found = draw.sample(pool, draw.randint(1, 4)), draw.choices(pool, k=draw.randint(0, 5))
        wanted, said = "red big house", " ".join(draw.choices(["red", "big", "house", "tree"], k=draw.randint(1, 4)))
        assert fact_overlap(map(tuple, gold), map(tuple, found)) == counted(gold, found)
        (pa, ra), (ps, rs) = words(wanted, said), counted(gold, found)
        p, r = pa * ps, ra * rs
        verdict = judge({"answer": said, "supporting_facts": found}, wanted, gold)
        assert verdict.score == pytest.approx(2 * p * r / (p + r) if p + r else 0.0)
        assert verdict.right == (said.split() == wanted.split() and {tuple(f) for f in found} == {tuple(f) for f in gold})


def test_reasons_and_forms() -> None:
    assert judge({"answer": "Spirit.", "supporting_facts": FACTS[::-1]}).right
    half = judge({"answer": "a spirit", "supporting_facts": FACTS[:1]})
    assert half.label == "wrong" and half.reason == "answer F1 1.00, supporting facts F1 0.67, joint F1 0.67"
    assert judge("a spirit").stage == "parse" and judge({"answer": "a spirit"}).stage == "parse"
    assert judge({"answer": "x", "supporting_facts": [["Alu", "3"]]}).stage == "parse" and judge("[" * 5000).stage == "parse"
    assert judge({"answer": "x", "supporting_facts": []}, facts=None).label == "undecided"
    assert read_facts({"title": ["A", "B"], "sent_id": [0, 1]}) == {("A", 0), ("B", 1)}
    with pytest.raises(Unreadable):
        read_facts([["A", True]])
    with pytest.raises(BadInput, match="line 3: supporting_facts"):
        SupportedAnswer().check(Problem("p", "t", "", "a"), "line 3")
