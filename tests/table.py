"""A policy that is a table, and the loop that trains it with a method's own parts: claims about learning, checked in a second."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import repeat

import torch

from menolab.advantages.advantage import credit
from menolab.curricula.filter import keep
from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.keys import Key
from menolab.losses.loss import LossInputs
from menolab.pieces import all_needs
from menolab.records import Batch, Completion, Group, Problem, Request, Verdict, right, wrong
from menolab.rewards.judge import judge
from menolab.stages.collate import collate
from menolab.stages.reinforce import Reinforce
from menolab.tasks.task import Task

END = 0


class Table(Engine):
    """Logits of the next character for every text so far (prompt and response), zeros where nothing was learnt. Token 0 ends a response."""

    context = 4096

    def __init__(self, letters: str):
        self.vocabulary = (END, *map(ord, letters))
        self.logits: dict[tuple[int, ...], torch.Tensor] = {}

    def encode(self, prompt: str) -> tuple[int, ...]:
        return tuple(map(ord, prompt))

    def tokens(self, text: str) -> tuple[int, ...]:
        return self.encode(text)

    def decode(self, tokens: Sequence[int]) -> str:
        return "".join(chr(t) for t in tokens if t != END)

    def at(self, text: tuple[int, ...]) -> torch.Tensor:
        """The logits after a text; those of a new text are its own from now on."""
        if text not in self.logits:
            self.logits[text] = torch.zeros(len(self.vocabulary), dtype=torch.float64, requires_grad=True)
        return self.logits[text]

    def put(self, text: str, **logits: float) -> Table:
        """Set the logits after a text by letter ("end" for the end), 0 for the others."""
        named = {"end": END} | {chr(v): v for v in self.vocabulary[1:]}
        values = [0.0] * len(self.vocabulary)
        for letter, value in logits.items():
            values[self.vocabulary.index(named[letter])] = value
        self.logits[self.encode(text)] = torch.tensor(values, dtype=torch.float64, requires_grad=True)
        return self

    def chance(self, text: str, letter: str) -> float:
        """Probability of a letter after a text."""
        return float(self.at(self.encode(text)).detach().softmax(-1)[self.vocabulary.index(ord(letter))])

    def generate(self, requests: Sequence[Request], decoding: Decoding, steering: object = None) -> list[Completion]:
        return [self._one(request, decoding) for request in requests]

    def _one(self, request: Request, decoding: Decoding) -> Completion:
        rng, drawn, logprobs = request.key.random(), [], []
        for _ in range(decoding.max_tokens if request.limit is None else request.limit):
            row = self.at((*request.prompt, *drawn)).detach().log_softmax(-1).tolist()
            index = rng.choices(range(len(row)), [math.exp(x) for x in row])[0]
            drawn.append(self.vocabulary[index])
            logprobs.append(row[index])
            if drawn[-1] == END or any(self.decode(drawn).endswith(stop) for stop in decoding.stop):
                return Completion(tuple(drawn), tuple(logprobs), "stop")
        return Completion(tuple(drawn), tuple(logprobs), "length")

    def score(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """Log-probabilities and entropies `[B, T]`, with gradient."""
        logprobs, entropies = [], []
        for prompt, row, length in zip(batch.prompts, batch.tokens_BT.tolist(), batch.mask_BT.sum(-1).tolist(), strict=True):
            all_ = [self.at((*prompt, *row[:t])).log_softmax(-1) for t in range(length)]
            pad = [torch.zeros((), dtype=torch.float64)] * (len(row) - length)
            logprobs.append(torch.stack([x[self.vocabulary.index(row[t])] for t, x in enumerate(all_)] + pad))
            entropies.append(torch.stack([-(x.exp() * x).sum() for x in all_] + pad))
        return torch.stack(logprobs), torch.stack(entropies)

    def copy(self) -> Table:
        """The same policy, apart."""
        other = Table("".join(map(chr, self.vocabulary[1:])))
        other.logits = {text: x.detach().clone().requires_grad_(True) for text, x in self.logits.items()}
        return other


def train(
    method: Reinforce,
    table: Table,
    task: Task,
    problem: Problem,
    steps: int,
    *,
    lr: float = 1.0,
    limit: int = 8,
    problems: int = 4,
    seed: int = 0,
    watch: Callable[[int, list[Group]], None] = lambda step, groups: None,
) -> None:
    """`steps` steps of the method on one problem, `problems` times a step; plain gradient descent on the table."""
    reference, state, key = table.copy(), method.curriculum.init(), Key.root(seed)
    for step in range(steps):
        own, progress = key.fold(step), (step + 0.5) / steps
        chosen = method.curriculum.choose(state, repeat(problem), problems)
        groups = method.sampler(table, chosen, Decoding(max_tokens=limit), own, progress)
        groups = judge(groups, task, method.rewards, method.weights or (1.0,) * len(method.rewards), progress)
        watch(step, groups)
        state = method.curriculum.learn(state, groups)
        kept = keep(groups, method.filters)
        if kept:
            update(method, table, reference, collate(kept, limit), lr)
        if method.follow:
            for text, x in table.logits.items():
                reference.at(text).data.lerp_(x.detach(), method.follow)


def update(method: Reinforce, table: Table, reference: Table, batch: Batch, lr: float) -> None:
    """As many updates as the method makes of one batch, without cutting it."""
    scored_BT = table.score(batch)[0].detach()
    batch = replace(batch, logprobs_BT=torch.where(batch.logprobs_BT.isnan(), scored_BT, batch.logprobs_BT.double()))
    credit_BT = credit(batch, method.advantage).double()
    for _ in range(method.epochs * method.minibatches):
        table_inputs = _inputs(table, reference, batch, credit_BT)
        whole = replace(table_inputs, logprobs_BT=table_inputs.logprobs_BT.detach()) if "whole_update" in all_needs(method.loss) else None
        method.loss(replace(table_inputs, whole=whole)).loss.backward()
        with torch.no_grad():
            for x in table.logits.values():
                if x.grad is not None:
                    x -= lr * x.grad
                    x.grad = None


def _inputs(table: Table, reference: Table, batch: Batch, credit_BT: torch.Tensor) -> LossInputs:
    logprobs_BT, entropy_BT = table.score(batch)
    tokens_B = batch.mask_BT.sum(-1)
    return LossInputs(
        logprobs_BT=logprobs_BT,
        old_logprobs_BT=batch.logprobs_BT,
        credit_BT=credit_BT,
        mask_BT=batch.mask_BT,
        totals=batch.totals,
        reward_B=batch.reward_B.double(),
        group_B=batch.group_B,
        group_tokens_B=torch.tensor([int(tokens_B[batch.group_B == g].sum()) for g in batch.group_B]),
        sampled_entropy=-float(torch.where(batch.mask_BT, batch.logprobs_BT, 0.0).sum()) / batch.totals.tokens,
        entropy_BT=entropy_BT,
        reference_logprobs_BT=reference.score(batch)[0].detach(),
        row_B=torch.arange(len(tokens_B)),
    )


@dataclass(frozen=True)
class Prefixes(Task):
    """What a response is worth by how it begins: the score of the first beginning that fits, 0 where none does; 1 is right."""

    scores: tuple[tuple[str, float], ...] = ()

    @property
    def name(self) -> str:
        return "prefixes"

    def __call__(self, key: Key) -> Problem:
        return Problem("p", self.name, "p", "")

    def verify(self, problem: Problem, text: str) -> Verdict:
        score = next((score for start, score in self.scores if text.startswith(start)), 0.0)
        return right("compare", "fits", text) if score == 1.0 else wrong("compare", "does not fit", text, score)


def task(*starts: str, **scores: float) -> tuple[Task, Problem]:
    """A task where these beginnings are right and those worth something, and its only problem, whose prompt is "p"."""
    made = Prefixes((*((start, 1.0) for start in starts), *scores.items()))
    return made, made(Key.root(0))
