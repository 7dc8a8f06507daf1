from __future__ import annotations

import random

import pytest

from menolab.tasks.gsm_template import LISTS, read_template
from menolab.tasks.template_expression import Unreadable

SIMPLE = (
    "{frac,Half} of {n,4} {thing,pen}s are red. {Who,Ann} has {n,4}."
    "\n#init:\n- $n = range(3, 40)\n- $frac = sample(fractions)"
    "\n- thing = sample(['pen'])\n- Who = sample(names)\n#conditions:\n- is_int(n * frac)\n- n > 10\n#answer: n * frac"
)


def test_values_satisfy_the_conditions_and_stand_in_their_places() -> None:
    template = read_template(SIMPLE)
    seen = set()
    for seed in range(40):
        env = template.fill(random.Random(seed))
        value = env["n"] * env["frac"][1]
        assert env["n"] > 10 and value.denominator == 1 and template.holds({**LISTS, **env})
        assert template.answer({**LISTS, **env}) == value
        text = template.question(env)
        assert text.startswith(env["frac"][0][0].upper() + env["frac"][0][1:] + f" of {env['n']} pens are red. {env['Who']} has {env['n']}.")
        seen.add(text)
    assert len(seen) > 20 and template.fill(random.Random(3)) == template.fill(random.Random(3))


def test_a_variable_may_be_called_as_the_list_it_is_drawn_from() -> None:
    template = read_template("{multiple,double}\n#init:\n- $multiple = sample(multiple)\n#conditions:\n- multiple > 3\n#answer: multiple[1]")
    assert template.fill(random.Random(0))["multiple"] in [("quadruple", 4), ("quintuple", 5)]


def test_what_follows_one_another_does() -> None:
    days = LISTS["weekdays"]
    env = read_template("{a,x}{b,x}\n#init:\n- a, b = sample_sequential(weekdays, 2)\n#answer: 1").fill(random.Random(1))
    assert days.index(env["b"]) == (days.index(env["a"]) + 1) % 7


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no parts", "a template is"), ("{x,1}\n#init:\n#answer: 1", "no value"), ("a\n#init:\n- x = range(3)\n#answer: y", "no value for y"),
        ("a\n#init:\nnonsense\n#answer: 1", "gives no variable"), ("a\n#init:\n- x = open('f')\n#answer: 1", "not of the templates"),
    ],
)  # fmt: skip
def test_broken_templates(text: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read_template(text)


def test_conditions_that_cannot_hold_end() -> None:
    with pytest.raises(Unreadable, match="no values"):
        read_template("{x,1}\n#init:\n- x = range(9)\n#conditions:\n- x > 9\n#answer: x").fill(random.Random(0))
