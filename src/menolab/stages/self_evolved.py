"""A reward model of pairs that labels most of its data itself."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import fmean

import torch
from torch.nn.functional import logsigmoid

from menolab.engines.torch_engine import TorchEngine
from menolab.errors import BadInput, check_range
from menolab.judges.process_reward import BUDGET
from menolab.judges.self_labels import SelfLabels
from menolab.judges.step_head import Head, Stepped, batches, contrast, step_scores
from menolab.keys import Key
from menolab.models.modes import evaluating
from menolab.models.policy import Policy
from menolab.records import Group
from menolab.runs.loop import Loop
from menolab.runs.run import Run
from menolab.runs.stage import Stage
from menolab.samplers.independent import Independent
from menolab.schedules import Cosine, Schedule
from menolab.stages.learner import adamw, take_steps
from menolab.tasks.task import verify

Pair = tuple[Stepped, Stepped]
Labels = dict[int, int]
"""Index of a pair -> 0 or 1, its better response."""


@dataclass(frozen=True)
class SelfEvolved(Stage):
    """Makes a reward model of the policy from pairs of a right and a wrong solution, few of which have labels: it labels those it is sure of, learns from
    them, and goes on.

    Huang et al. 2024 (SER), arXiv:2411.00418. The score of a solution is p(good) at its last token; the loss of a pair is -log sigmoid of the difference
    of the two (Bradley and Terry). Labels of the rest are known here, since the task verifies, but only measured against. What results is asked as
    `ProcessReward` with `aggregate="last"`.
    """

    catalogue = "ser"
    paper = "arXiv:2411.00418"

    select: SelfLabels = SelfLabels()
    solutions: int = 1600
    """Drawn from the policy before the first step."""
    samples: int = 8
    """Of them a problem; a problem that is solved both ways gives a pair."""
    labelled: float = 0.15
    """Share of the pairs whose label is given."""
    seed_steps: int = 100
    """On the given labels alone."""
    rounds: int = 4
    """Of labelling and learning; pairs of earlier rounds keep their labels."""
    round_steps: int = 100
    batch: int = 16
    """Pairs a step."""
    lr: float = 1e-3
    """Peak learning rate (AdamW)."""
    schedule: Schedule = Cosine(warmup=0.05)
    good: str = "+"
    bad: str = "-"

    def __post_init__(self) -> None:
        for name in ("samples", "seed_steps", "round_steps", "batch"):
            check_range(name, getattr(self, name), 1)
        check_range("rounds", self.rounds, 0)
        check_range("solutions", self.solutions, self.samples)
        check_range("labelled", self.labelled, 0.0, 1.0, open_low=True)
        check_range("lr", self.lr, 0.0, open_low=True)

    def __call__(self, run: Run, policy: Policy) -> Policy:
        setup, key = run.setup, run.key.fold("self_evolved")
        head = contrast(policy, self.good, self.bad)
        pairs, truth = self._pairs(run, policy, key)  # before the loop puts trained weights in place
        given = {i: truth[i] for i in range(max(1, round(self.labelled * len(pairs))))}
        optimizer = adamw(policy, setup.betas, setup.weight_decay)
        loop = Loop(run, "self_evolved", self.seed_steps + self.rounds * self.round_steps, policy.model, optimizer, {"labels": []})
        for step in loop:
            began = time.perf_counter()
            if step >= self.seed_steps and (step - self.seed_steps) % self.round_steps == 0:
                known = given | _own(loop)
                found = self._label(policy, head, [(i, pair) for i, pair in enumerate(pairs) if i not in known])
                loop.state = {"labels": [*loop.state["labels"], *map(list, found)]}
            own = _own(loop)
            labels = sorted((given | own).items())
            chosen = key.fold("batch", step).random().choices(labels, k=self.batch)
            ordered = [(pairs[i][better], pairs[i][1 - better]) for i, better in chosen]
            policy.model.train()
            metrics = rank(policy, head, optimizer, ordered, self.lr * self.schedule(loop.progress), setup.max_grad_norm)
            metrics |= {"self_labelled": len(own), "agreement": fmean([float(truth[i] == better) for i, better in own.items()] or [1.0])}
            loop.done(metrics, {"update": time.perf_counter() - began})
        return policy

    def _pairs(self, run: Run, policy: Policy, key: Key) -> tuple[list[Pair], list[int]]:
        """Pairs of solutions, each in an order drawn at random, and the index of each one's right solution.

        Raises:
            BadInput: no problem was solved both rightly and wrongly.
        """
        engine, setup = TorchEngine(policy), run.setup
        problems = list(islice(run.problems(key.fold("problems")), self.solutions // self.samples))
        pairs, truth = [], []
        for i, group in enumerate(Independent(self.samples)(engine, problems, setup.decoding, key.fold("solutions"))):
            sides = _sides(run, group)
            if all(sides):
                first = key.fold("order", i).random().randrange(2)
                prompt = engine.encode(group.problem.prompt)
                rows = [Stepped(prompt, tokens, (len(tokens) - 1,)) for tokens in (engine.tokens(text) for text in (sides[first], sides[1 - first]))]
                pairs.append((rows[0], rows[1]))
                truth.append(first)  # sides[0] is the right one: it comes second where first is 1
        if not pairs:
            raise BadInput("solutions", self.solutions, "no problem was solved both rightly and wrongly; draw more, or start from a model that solves some")
        return pairs, truth

    def _label(self, policy: Policy, head: Head, open_: Sequence[tuple[int, Pair]]) -> list[tuple[int, int]]:
        scores = scores_of(policy, head, [row for _, pair in open_ for row in pair])
        return [(open_[i][0], better) for i, better in self.select(list(zip(scores[::2], scores[1::2], strict=True)))]


def _own(loop: Loop) -> Labels:
    """The labels that the model has given itself."""
    return {int(i): int(better) for i, better in loop.state["labels"]}


def _sides(run: Run, group: Group) -> tuple[str, str]:
    """The first right and the first wrong solution of a group; empty where there is none."""
    sides = {"right": "", "wrong": ""}
    for r in group.rollouts:
        label = verify(run.setup.task, group.problem, r.text).label
        if r.text and not sides.get(label, r.text):
            sides[label] = r.text
    return sides["right"], sides["wrong"]


def scores_of(policy: Policy, head: Head, rows: Sequence[Stepped]) -> list[float]:
    """p(good) at the last token of every solution."""
    out = [0.0] * len(rows)
    with torch.no_grad(), evaluating(policy.model):
        for part in batches(rows, BUDGET):
            for i, score in zip(part, step_scores(policy, head, [rows[i] for i in part]), strict=True):
                out[i] = float(score[-1].sigmoid())
    return out


def rank(policy: Policy, head: Head, optimizer: torch.optim.Optimizer, pairs: Sequence[Pair], lr: float, max_grad_norm: float) -> dict[str, float]:
    """One step on the mean of -log sigmoid(better - worse); returns loss, grad_norm and the share of pairs in order. The better one stands first.

    Raises:
        RunFailed: loss or gradient is not finite; the weights are those before the step.
    """
    optimizer.zero_grad(set_to_none=True)
    scores = torch.cat(step_scores(policy, head, [row for pair in pairs for row in pair])).view(-1, 2)
    margin_N = scores[:, 0] - scores[:, 1]
    loss = -logsigmoid(margin_N).mean()
    loss.backward()
    value = float(loss.detach())
    (norm,) = take_steps(value, [(optimizer, lr)], max_grad_norm)
    return {"loss": value, "grad_norm": norm, "accuracy": float((margin_N > 0).float().mean())}
