"""The laptop grounds hold together: demonstrations fit, some are right, prompts and responses fit the context."""

from __future__ import annotations

from itertools import islice

import pytest

from menolab.keys import Key
from menolab.pieces import published_names
from menolab.runs.setup import Setup
from menolab.setups.laptop import demo_recipe, laptop, laptop_long, quick
from menolab.tasks.task import draw

KEY = Key.root(0)
assert {laptop.__name__, laptop_long.__name__, quick.__name__} <= set(published_names(Setup))


@pytest.mark.parametrize("name", sorted(published_names(Setup)))
def test_demonstrations_fit_and_are_mixed(name: str) -> None:
    setup = published_names(Setup)[name]()
    assert isinstance(setup, Setup)
    policy = setup.base(KEY)
    problems = list(islice(draw(setup.task, KEY, evaluation=False), 300))
    shown = [setup.task.demonstrate(p, KEY.fold(i)) for i, p in enumerate(problems)]
    lengths = [len(policy.tokenizer(d.text, add_special_tokens=False)["input_ids"]) + 1 for d in shown]
    assert sum(n <= setup.decoding.max_tokens for n in lengths) > 0.95 * len(lengths)
    right = sum(setup.task.verify(p, d.text).right for p, d in zip(problems, shown, strict=True))
    assert 0.3 < right / len(shown) < 0.98, "nothing to learn from, or nothing left to reinforcement"
    assert max(len(policy.encode(p.prompt)) for p in problems) + setup.decoding.max_tokens <= policy.context


def test_the_demo_runs_dr_grpo_on_them() -> None:
    assert (demo_recipe().setup, demo_recipe(small=True).setup) == (laptop(), quick())
    assert demo_recipe(seed=3).seed == 3 and demo_recipe() != demo_recipe(seed=3)
