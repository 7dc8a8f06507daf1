"""DeepTrans: form first, then translation and thought."""

from __future__ import annotations

from judged import texts, with_scores
from menolab.methods.deeptrans import deeptrans

FORM = "<think>{}</think><answer>1</answer>"


def _totals(*rows: tuple[str, float], alpha: float) -> list[float]:
    method = deeptrans(alpha=alpha)
    group = with_scores(texts(*(text for text, _ in rows)), *(score for _, score in rows))
    columns = [term(group, 0.0) for term in method.rewards]
    return [sum(w * (x or 0.0) for w, x in zip(method.weights, row, strict=True)) for row in zip(*columns, strict=True)]


def test_missing_tags_give_0_and_a_thought_adds_its_weight_and_no_more() -> None:
    rows = ((FORM.format("hm"), 0.7), (FORM.format("1+1=2"), 0.7), ("1+1=2 <answer>1</answer>", 0.7), (FORM.format("1+1=2"), 0.0))
    assert _totals(*rows, alpha=0.4) == [0.7, 0.7 + 0.4, 0.0, 0.4]
    assert _totals(*rows, alpha=0.0) == [0.7, 0.7, 0.0, 0.0]
