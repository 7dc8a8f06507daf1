"""CTRL: a critic that learns which critiques help a writer who follows them."""

from __future__ import annotations

import pytest
import torch

from menolab.advantages.advantage import credit
from menolab.curricula.filter import keep
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.judges.panel import Panel, judges_in
from menolab.judges.revision import Revision
from menolab.keys import Key
from menolab.methods.ctrl import ctrl
from menolab.rewards.judge import judge
from menolab.runs.pipeline import carry_out
from menolab.stages.collate import collate
from menolab.tasks.countdown import Countdown
from menolab.tasks.judgements import Judgements
from menolab.tasks.solved import unpacked
from menolab.tasks.task import verify
from menolab.verifiers.extract import response
from stub_engine import Stub
from tiny import tiny_run

KEY = Key.root(2)
TASK = Judgements()
SAID = ("leave it", "change it", "mend it")
"""What a critic can say. The writer keeps a solution, spoils it, or writes the gold answer."""
PROBLEMS = [TASK(KEY.fold(i)) for i in range(16)]
KNOWN = {unpacked(p.facts["about"]).prompt: unpacked(p.facts["about"]) for p in PROBLEMS}


def _writer() -> Stub:
    def says(prompt: str, key: Key) -> str:
        first, rest = prompt.split("\n", 1)
        if SAID[0] in prompt:
            return rest.rsplit("\n", 2)[0]
        return response("", KNOWN[first].answer if SAID[2] in prompt else "0")

    return Stub(says=says)


def _critic(logits: torch.Tensor) -> Stub:
    """Draws one of the three for right solutions (row 1) and wrong ones (row 0), whose kind it sees."""
    kind = {p.prompt: int(p.answer) for p in PROBLEMS}

    def says(prompt: str, key: Key) -> str:
        chances = torch.softmax(logits[kind[prompt]], 0).tolist()
        said = key.random().choices(SAID, chances)[0]
        return response(said, str(kind[prompt]))

    return Stub(says=says)


def _turns(logits: torch.Tensor, turns: int) -> list[tuple[float, float]]:
    """Critique and revision over and over: the share of right solutions after each turn, and of right ones that it spoilt."""
    solutions = {p.prompt: p.facts["solution"] for p in PROBLEMS}
    right = {p.prompt: p.answer == "1" for p in PROBLEMS}
    out = []
    for turn in range(turns):
        asked = []
        for i, p in enumerate(PROBLEMS):
            chances = torch.softmax(logits[int(right[p.prompt])], 0).tolist()
            asked.append((unpacked(p.facts["about"]), solutions[p.prompt], KEY.fold("turn", turn, i).random().choices(SAID, chances)[0]))
        written = Revision().revise(_writer(), asked, [KEY.fold("w", i) for i in range(len(asked))])
        spoilt = 0
        for p, (problem, _, _), done in zip(PROBLEMS, asked, written, strict=True):
            assert done is not None
            text = "".join(map(chr, done.tokens))
            now = verify(Countdown(), problem, text).right
            spoilt += right[p.prompt] and not now
            solutions[p.prompt], right[p.prompt] = text, now
        out.append((sum(right.values()) / len(right), spoilt / len(right)))
    return out


def test_training_raises_the_pass_rate_of_revisions_and_spoils_fewer() -> None:
    method = ctrl(group=8)
    logits = torch.zeros(2, 3)
    panel = Panel(judges_in(method.rewards), {"": _writer()})
    before = _turns(logits, 4)
    for step in range(40):
        groups = method.sampler(_critic(logits), PROBLEMS, Decoding(), KEY.fold(step))
        own = KEY.fold("judges", step)
        groups = judge(groups, TASK, method.rewards, (1.0,), 0.0, lambda gs, own=own: panel.ask(gs, own))
        kept = keep(groups, method.filters)
        credits = iter(credit(collate(kept, 64), method.advantage)[:, 0].tolist())
        ascent = torch.zeros(2, 3)
        for group in kept:
            row = int(group.problem.answer)
            for r in group.rollouts:
                drawn = torch.tensor([float(said in r.text) for said in SAID])
                ascent[row] += next(credits) * (drawn - torch.softmax(logits[row], 0))
        logits = logits + 0.02 * ascent
    after = _turns(logits, 4)
    assert after[-1][0] > 0.9 > before[-1][0] + 0.2
    assert sum(spoilt for _, spoilt in after) < 0.3 * sum(spoilt for _, spoilt in before)


def test_a_ground_without_solutions_to_criticise_is_refused(tmp_path) -> None:
    with pytest.raises(BadInput, match="task=Judgements"):
        carry_out(tiny_run(tmp_path / "run", method=ctrl()))
