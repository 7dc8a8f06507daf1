from __future__ import annotations

import pytest

from menolab.verifiers.math.lexer import tokens
from menolab.verifiers.math.terms import Unreadable, Unsupported


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2xy", "number:2 letter:x letter:y"),
        ("1,234", "grouped:1,234"), ("0,123", "number:0 sign:, number:123"), ("1,2345", "number:1 sign:, number:2345"), ("1,234,567.5", "grouped:1,234,567.5"),
        ("6.02e23", "number:6.02e23"), ("2e^{x}", "number:2 letter:e sign:^ sign:{ letter:x sign:}"), ("2e", "number:2 letter:e"),
        (r"0.\overline{3}", r"repeating:0.\overline{3}"), ("7 cm", "number:7 text:cm"), ("7cm^2", "number:7 text:cm sign:^ number:2"),
        ("9 min", "number:9 text:min"), ("min(1,2)", "word:min sign:( number:1 sign:, number:2 sign:)"), ("cm", "letter:c letter:m"),
        ("no solution", "text:no text:solution"), ("sinx", "word:sin letter:x"), ("1 and 2", "number:1 word:and number:2"),
        (r"\text{13}", "number:13"), (r"\text{A, B}", "letter:A sign:, letter:B"), (r"\text{ and }", "word:and"), (r"\text{Bob, Ann}",
        "text:Bob sign:, text:Ann"),
        (r"\mathrm{e}", "letter:e"), (r"\text{13 cm}", "number:13 text:cm"), (r"\text{p.m.}", "text:p.m."), (r"\dfrac12", "command:frac number:12"),
        (r"\{1\}", "sign:{{ number:1 sign:}}"), (r"a \le b", "letter:a sign:<= letter:b"), ("1...n", "number:1 sign:… letter:n"),
    ],
)  # fmt: skip
def test_tokens(text: str, said: str) -> None:
    assert " ".join(f"{token.kind}:{token.text}" for token in tokens(text)) == said


@pytest.mark.parametrize("text", [r"\frc{1}{2}", "¬", r"\text{open", "9" * 1001, "1+" * 1000, r"\boxed{3}", "@"])
def test_what_no_answer_holds(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        tokens(text)
    assert not isinstance(caught.value, Unsupported)


def test_notation_that_might_be_right_is_told_apart() -> None:
    with pytest.raises(Unsupported):
        tokens(r"\lim_{x \to 0} x")
