"""Where steps end, and what they make of the whole."""

from __future__ import annotations

import pytest

from menolab.engines.torch_engine import TorchEngine
from menolab.errors import BadInput
from menolab.judges.steps import AGGREGATES, check_aggregate, step_spans
from menolab.keys import Key
from menolab.models.fresh import Fresh
from stub_engine import Stub


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("a\nb\nc", ["a\n", "b\n", "c"]),
        ("a\n\n\nb\n", ["a\n\n\n", "b\n"]),
        ("<think>a\nb</think>c", ["<think>a\n", "b</think>", "c"]),
        ("\n\n", ["\n\n"]),
        ("a", ["a"]),
        ("", []),
    ],
)
def test_steps_end_with_lines_and_with_the_thinking(text: str, steps: list[str]) -> None:
    engine = Stub()
    tokens = engine.tokens(text)
    spans = step_spans(engine, tokens)
    assert [engine.decode(tokens[a:b]) for a, b in spans] == steps
    assert [a for a, _ in spans] == [0, *(b for _, b in spans)][: len(spans)] and (not spans or spans[-1][1] == len(tokens))


def test_tokens_of_several_letters_are_cut_alike() -> None:
    engine = TorchEngine(Fresh(width=16, layers=1, heads=1, kv_heads=1, head_width=16, mlp=16, numbers=99)(Key.root(0)))
    tokens = engine.tokens("<think>12+30=42\n42-2=40</think><answer>40</answer>")
    spans = step_spans(engine, tokens)
    assert [engine.decode(tokens[a:b]) for a, b in spans] == ["<think>12+30=42\n", "42-2=40</think>", "<answer>40</answer>"]


def test_aggregates_behave_as_defined() -> None:
    scores = [0.5, 0.9, 0.2, 0.8]
    assert {name: f(scores) for name, f in AGGREGATES.items()} == pytest.approx({"min": 0.2, "product": 0.5 * 0.9 * 0.2 * 0.8, "last": 0.8, "mean": 0.6})
    check_aggregate("min")
    with pytest.raises(BadInput, match="did you mean product"):
        check_aggregate("produkt")
