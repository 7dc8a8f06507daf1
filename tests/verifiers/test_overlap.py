"""Overlap of wording."""

from __future__ import annotations

import importlib.util
import json
import time

import pytest

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.verifiers.overlap import Overlap

HERE = importlib.util.find_spec("sacrebleu") is not None
GOLDS = json.dumps(["The cat sat on the mat.", "A cat was on the mat."])


def judge(answer: str, gold: str = GOLDS, **fields: object):
    return Overlap(**fields)(Problem("p", "t", "", gold), f"<answer>{answer}</answer>")  # type: ignore[arg-type]


@pytest.mark.skipif(HERE, reason="sacrebleu is installed")
def test_without_sacrebleu_it_is_undecided_and_the_extra_is_named() -> None:
    verdict = judge("The cat")
    assert (verdict.label, verdict.stage) == ("undecided", "overlap") and "menolab[overlap]" in verdict.reason


@pytest.mark.skipif(not HERE, reason="sacrebleu is not installed")
def test_scores() -> None:
    for measure in ("chrf", "bleu"):
        same = judge("The cat sat on the mat.", measure=measure)
        assert (same.label, same.score) == ("right", pytest.approx(1.0))
        near, far = judge("The cat sat on a mat.", measure=measure), judge("Dogs bark", measure=measure)
        assert 0.0 <= far.score < near.score < same.score and far.label == "wrong"
        assert judge("Dogs bark", measure=measure, threshold=1e-9).right == (far.score > 0)
    assert judge("A cat was on the mat.").score == pytest.approx(1.0), "the best gold counts"


@pytest.mark.skipif(not HERE, reason="sacrebleu is not installed")
def test_chrf_is_the_formula() -> None:
    def grams(text: str, n: int) -> list[str]:
        text = text.replace(" ", "")
        return [text[i : i + n] for i in range(len(text) - n + 1)]

    def oracle(gold: str, found: str) -> float:
        precisions, recalls = [], []
        for n in range(1, 7):
            ours, theirs = grams(gold, n), grams(found, n)
            if ours and theirs:
                rest, same = list(ours), 0
                for gram in theirs:
                    if gram in rest:
                        rest.remove(gram)
                        same += 1
                precisions.append(same / len(theirs))
                recalls.append(same / len(ours))
        p, r = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
        return 5 * p * r / (4 * p + r)

    for found in ("the cat sat on a mat", "cats sit on mats always"):
        assert judge(found, "the cat sat on the mat").score == pytest.approx(oracle("the cat sat on the mat", found), abs=1e-6)


@pytest.mark.skipif(not HERE, reason="sacrebleu is not installed")
@pytest.mark.parametrize("text", ["\ud800", "a" * 19_000, " a" * 9_000, "!" * 19_000, "\0", "½²"])
def test_hostile_text(text: str) -> None:
    for measure in ("chrf", "bleu"):
        start = time.process_time()
        assert judge(text, measure=measure).label == "wrong"
        assert time.process_time() - start < 3.0


def test_bad_settings_and_golds() -> None:
    assert judge("x", " ").label == "undecided" and not Overlap().readable(" ")
    for bad in ({"measure": "rouge"}, {"threshold": 2.0}):
        with pytest.raises(BadInput):
            Overlap(**bad)  # type: ignore[arg-type]
