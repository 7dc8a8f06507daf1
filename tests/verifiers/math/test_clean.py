from __future__ import annotations

import pytest

from menolab.verifiers.math.clean import clean, words


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (r"\left( 3, \frac{\pi}{2} \right)", r"( 3, \frac{\pi}{2} )"),
        (r"12,\!345", "12345"), (r"12{,}345", "12345"), (r"12\,345", "12345"), (r"11,\! 111,\! 100", "11111100"), ("12\u202f345", "12345"),
        (r"2+2i,\,-2-2i", "2+2i, -2-2i"), ("1,234", "1,234"), (r"1\,23", "1 23"),
        ("**73**", "73"), ("7.", "7"), ("$x$, $y$", "x , y"), (r"\(7\)", "7"), (r"\boxed{\boxed{7}}", "7"), (r"\boxed{7} \boxed{8}", r"\boxed{7} \boxed{8}"),
        ("{m}", "m"), ("{a}{b}", "{a}{b}"), ("−3", "-3"), ("x²", "x^{2}"), ("√19", r"\sqrt{19}"), ("√(x+1)", r"\sqrt{x+1}"), ("∛2", r"\sqrt[3]{2}"),
        ("90°", r"90^\circ"), ("½", r"\frac{1}{2}"), (r"\text{The answer is } 42", "42"), ("The final answer is: 7", "7"), (r"\\frac{1}{2}", r"\frac{1}{2}"),
        (r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{pmatrix}1\newrow 2\end{pmatrix}"), ("4:40 a.m.", "4:40 am"), (r"\$5", r"\dollar 5"), ("", ""),
        (r"\leftarrow", r"\leftarrow"), (r"\bigcup", r"\bigcup"), (r"\big(1\bigr)", "(1)"),
    ],
)  # fmt: skip
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text).strip() == cleaned
    assert clean(clean(text)) == clean(text)


def test_words() -> None:
    assert words(r"\text{ no  solution}.") == "no solution"
    assert words(r"\text{(Evelyn)}") == "Evelyn"
