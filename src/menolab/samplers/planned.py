"""Plans first, then several ways to carry each of them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.records import Completion, Group, Problem, Request, Rollout
from menolab.samplers.sampler import Sampler, own_keys


@dataclass(frozen=True)
class Planned(Sampler):
    """`plans` plans a problem, each carried out by G / plans responses that go on from it; a rollout is plan and response together.

    Dou et al. 2025 (PTA-GRPO), arXiv:2510.01833. A plan ends with `close`, or after `share` of the token limit; a response that ends within its plan is
    a rollout by itself. `path` is (plan, continuation), `cuts` says where the continuation starts.
    """

    paper = "arXiv:2510.01833"

    group: int = 8
    """G, rollouts a problem."""
    plans: int = 4
    share: float = 0.25
    """Most of the token limit for a plan."""
    close: str = "</plan>"

    def __post_init__(self) -> None:
        check_range("sampler.group", self.group, 1)
        check_range("sampler.plans", self.plans, 1, self.group)
        check_range("sampler.share", self.share, 0.0, 1.0, open_low=True)
        if self.group % self.plans:
            raise BadInput("sampler.group", self.group, f"must be a multiple of plans = {self.plans}: every plan is carried out equally often")

    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key, progress: float = 0.0) -> list[Group]:
        prompts, keys = [engine.encode(problem.prompt) for problem in problems], own_keys(problems, key)
        first = replace(decoding, stop=(*decoding.stop, self.close), max_tokens=max(1, round(self.share * decoding.max_tokens)))
        where = [(p, i) for p in range(len(problems)) for i in range(self.plans)]
        plans = engine.generate([Request(prompts[p], keys[p].fold(i)) for p, i in where], first)
        leaves: list[tuple[int, tuple[int, ...], Completion]] = []
        for (p, i), plan in zip(where, plans, strict=True):
            paths = [(i, j) for j in range(self.group // self.plans)] if self._goes_on(engine, plan, decoding) else [(i,)]
            leaves += [(p, path, plan) for path in paths]
        requests = [
            Request(prompts[p] + plan.tokens, keys[p].fold(*path), decoding.max_tokens - len(plan.tokens)) for p, path, plan in leaves if len(path) == 2
        ]
        drawn = iter(engine.generate(requests, decoding) if requests else [])
        found: dict[int, list[Rollout]] = {p: [] for p in range(len(problems))}
        for p, path, plan in leaves:
            tail = next(drawn) if len(path) == 2 else None
            found[p].append(_joined(engine, prompts[p], keys[p].fold(*path), len(found[p]), plan, tail, path))
        return [Group(problem, tuple(found[p]), decoding.max_tokens) for p, problem in enumerate(problems)]

    def _goes_on(self, engine: Engine, plan: Completion, decoding: Decoding) -> bool:
        """Whether the response is not over with its plan: the plan was closed, or cut off, and there is room."""
        return len(plan.tokens) < decoding.max_tokens and (plan.finish == "length" or self.close in engine.decode(plan.tokens))


def _joined(engine: Engine, prompt: tuple[int, ...], key: Key, sample: int, plan: Completion, tail: Completion | None, path: tuple[int, ...]) -> Rollout:
    tail_tokens, tail_logprobs = (tail.tokens, tail.logprobs) if tail else ((), ())
    tokens = plan.tokens + tail_tokens
    return Rollout(
        prompt=prompt,
        tokens=tokens,
        logprobs=plan.logprobs + tail_logprobs,
        text=engine.decode(tokens),
        finish=(tail or plan).finish,
        sample=sample,
        key=key,
        path=path,
        cuts=(0, len(plan.tokens))[: len(path)],
    )
