"""The nouns that travel through the house, in the order a rollout meets them.

Problem -> Completion -> Rollout -> Group -> (Verdict, rewards) -> Batch.

Records are plain frozen data: they pickle, compare, and go to JSON with `dataclasses.asdict`. Shape suffixes: B rollouts, T tokens,
G rollouts of one problem, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import torch

    from menolab.keys import Key

Finish = Literal["stop", "length", "error"]
"""Why a completion ended: a stop token or string, the token limit, or an engine fault."""


@dataclass(frozen=True)
class Problem:
    """One question with its checkable answer."""

    id: str
    """Unique within its task and stable over runs: derived from content, never from position."""
    task: str
    """Name of the task that made it and can verify it."""
    prompt: str
    """What the model reads."""
    answer: str
    """The gold answer as text; where many answers are right (Countdown), one of them."""
    difficulty: float = 0.0
    """Task's own measure, larger is harder; comparable within one task only."""
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """What the verifier needs besides the answer, JSON values only (numbers, target, statements ...)."""
    solution: str | None = None
    """A right response, where a part that hints asked for one and the task can write it."""
    start: tuple[int, ...] = ()
    """Beginning of an earlier response, as tokens, from which a curriculum wants this problem's rollouts to go on."""


@dataclass(frozen=True)
class Verdict:
    """Is it right? `undecided` means that the verifier could not tell, which is never the same as wrong."""

    label: Literal["right", "wrong", "undecided"]
    score: float
    """1.0 right, 0.0 wrong or undecided, in between for partial credit."""
    stage: str
    """Where the decision fell: extract, parse, compare ..."""
    reason: str
    """One clause a person can read."""
    extracted: str | None = None
    """The answer found in the text, None if none was found (the response is *unparsed*)."""

    @property
    def right(self) -> bool:
        return self.label == "right"


def right(stage: str, reason: str, extracted: str | None, score: float = 1.0) -> Verdict:
    """The verdict "right"."""
    return Verdict("right", score, stage, reason, extracted)


def wrong(stage: str, reason: str, extracted: str | None = None, score: float = 0.0) -> Verdict:
    """The verdict "wrong"."""
    return Verdict("wrong", score, stage, reason, extracted)


def undecided(stage: str, reason: str, extracted: str | None = None) -> Verdict:
    """The verdict "undecided": scored 0 in evaluations, unscorable (None) in rewards, and counted apart in both."""
    return Verdict("undecided", 0.0, stage, reason, extracted)


@dataclass(frozen=True)
class Demonstration:
    """A worked response to a problem, in a named style; what cold start learns from.

    It need not be right: honest mixtures hold wrong ones too, and whether one is right is the task's `verify` to say. Cold start writes tens of thousands and
    never asks.
    """

    text: str
    style: str


@dataclass(frozen=True)
class Request:
    """One completion to draw: what to continue, and the key that makes the draw its own."""

    prompt: tuple[int, ...]
    key: Key
    limit: int | None = None
    """Most tokens of this response; None: the decoding's."""


@dataclass(frozen=True)
class Completion:
    """What an engine drew for one request."""

    tokens: tuple[int, ...]
    """Token ids, the stop token included."""
    logprobs: tuple[float, ...]
    """Per token, under the distribution it was drawn from (temperature and truncation applied). Nats."""
    finish: Finish
    forced: tuple[int, ...] = ()
    """Positions of tokens that were put there instead of drawn; their log-probability is 0."""


@dataclass(frozen=True)
class Opinion:
    """What a judge, itself a model, says of a response."""

    score: float | None
    """In [0, 1], larger is better; None: undecided, which is never the same as 0."""
    reason: str
    """One clause a person can read."""
    text: str = ""
    """What the judge wrote, where it writes."""
    steps: tuple[float | None, ...] = ()
    """Of each step of the response, where the judge looks at steps."""


@dataclass(frozen=True)
class Rollout:
    """One response to one problem, with all that is later said about it."""

    prompt: tuple[int, ...]
    """What the learner conditions on; a sampler may have drawn under another one (a hint, a distortion)."""
    tokens: tuple[int, ...]
    logprobs: tuple[float, ...]
    """As sampled; NaN where a token was not drawn after this prompt. The loop scores those before it learns."""
    text: str
    finish: Finish
    sample: int = 0
    """Index within its group; the attempts of one conversation share it."""
    verdict: Verdict | None = None
    rewards: Mapping[str, float | None] = field(default_factory=dict, hash=False)
    """Named reward terms before weighting; None = this term could not be scored."""
    reward: float | None = None
    """Weighted sum of the terms; None = unscorable: no credit, and left out of every baseline."""
    key: Key | None = None
    """What it was drawn under: its identity, for randomness that comes later."""
    given: int = 0
    """How many leading tokens of the response the sampler supplied (a hint) instead of drawing them."""
    drawn: int | None = None
    """How many tokens an engine drew for it alone, where it goes on from another rollout or holds tokens that were put there; None: all but the given."""
    greedy: bool = False
    """A yardstick: judged with its group and compared with, never learnt from."""
    turn: int = 0
    """Which attempt of a conversation it is."""
    wording: int | None = 0
    """Under which wording of the problem it was drawn; None: under another one than that of its prompt."""
    path: tuple[int, ...] = ()
    """In a tree: which child it is at each depth; equal beginnings are shared segments."""
    cuts: tuple[int, ...] = ()
    """In a tree: where in `tokens` each segment of the path starts."""
    token_rewards: tuple[float, ...] = ()
    """One number a token, the weighted sum of the terms that reward tokens; empty where there are none. Not part of `reward`."""
    opinions: Mapping[str, Opinion] = field(default_factory=dict, hash=False)
    """Of the judges that its rewards ask, by the judge's `repr`."""

    @property
    def length(self) -> int:
        """Of what the model itself wrote, in tokens: a hint is not its own."""
        return len(self.tokens) - self.given

    @property
    def truncated(self) -> bool:
        return self.finish == "length"

    @property
    def unparsed(self) -> bool:
        return self.verdict is not None and self.verdict.extracted is None


@dataclass(frozen=True)
class Probe:
    """An answer drawn after the beginning of a rollout, which shows what that beginning is worth. Judged, never learnt from."""

    sample: int
    """The rollout of its group that it began as."""
    cut: int
    """How many of that rollout's tokens it saw."""
    text: str
    """The beginning, what closed it, and the answer drawn."""
    tokens: int
    """How many were drawn."""
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Group:
    """The rollouts of one problem."""

    problem: Problem
    rollouts: tuple[Rollout, ...]
    limit: int | None = None
    """The token limit under which the rollouts were drawn; what rewards for length are fractions of."""
    asked: int | None = None
    """How many tokens the prompt asks for, where the sampler put that into it."""
    probes: tuple[Probe, ...] = ()
    """What the sampler drew to learn the worth of beginnings."""

    @property
    def sampled(self) -> tuple[Rollout, ...]:
        """The rollouts without yardsticks."""
        return tuple(r for r in self.rollouts if not r.greedy)

    @property
    def drawn_tokens(self) -> int:
        """Tokens that an engine drew for the group, probes included: none that were given or put there, and what rollouts share once."""
        segments = {}
        for number, r in enumerate(self.rollouts):
            starts = r.cuts or (r.given if r.drawn is None else len(r.tokens) - r.drawn,)
            for depth, (start, end) in enumerate(zip(starts, (*starts[1:], len(r.tokens)), strict=True), 1):
                segments[r.path[:depth] or number] = end - start
        return sum(segments.values()) + sum(probe.tokens for probe in self.probes)

    def with_rollouts(self, rollouts: tuple[Rollout, ...]) -> Group:
        return replace(self, rollouts=rollouts)


@dataclass(frozen=True)
class Totals:
    """What one update sums over, counted before it is cut into micro-batches, so that the cut cannot change the loss."""

    rollouts: int
    tokens: int
    """Response tokens of all rollouts."""
    groups: int
    limit: int
    """The token limit of a response on this ground."""


@dataclass(frozen=True)
class Batch:
    """Rollouts as tensors: responses only, right-padded. Values where `mask_BT` is False mean nothing and may be NaN."""

    prompts: tuple[tuple[int, ...], ...]
    """B prompts as token ids (ragged, so not a tensor)."""
    tokens_BT: torch.Tensor
    """int64."""
    mask_BT: torch.Tensor
    """bool, True on response tokens."""
    logprobs_BT: torch.Tensor
    """float32, as sampled; NaN on response tokens that were not drawn after this prompt and are not scored yet."""
    reward_B: torch.Tensor
    """float32; NaN where unscorable."""
    group_B: torch.Tensor
    """int64, equal for rollouts of one problem."""
    truncated_B: torch.Tensor
    """bool."""
    totals: Totals
    answers: tuple[str | None, ...] = ()
    """B answers as the verifier extracted them; None where it found none."""
    keys: tuple[Key | None, ...] = ()
    """B keys: what each rollout was drawn under."""
    given_BT: torch.Tensor | None = None
    """bool, True on response tokens that were supplied rather than drawn; None: none were."""
    turn_B: torch.Tensor | None = None
    """int64, which attempt of a conversation each rollout is; None: there are no conversations."""
    wording_B: torch.Tensor | None = None
    """int64, the wording of the problem that each rollout was drawn under, -1 if not that of its prompt; None: there is one wording of each."""
    yardstick_B: torch.Tensor | None = None
    """float32, the greedy response's reward of each rollout's group, NaN where there is none; None: nowhere is one."""
    reference_logprobs_BT: torch.Tensor | None = None
    """float32, under the frozen reference; given when an advantage needs "reference_logprobs"."""
    recomputed_logprobs_BT: torch.Tensor | None = None
    """float32, under the weights that sampled, as the learner computes them; given when a loss needs "recomputed_logprobs"."""
    values_BT: torch.Tensor | None = None
    """float32, a critic's value of the state before each token, from before the update; given when a part needs "values"."""
    returns_BT: torch.Tensor | None = None
    """float32, what the critic's values are regressed on; given with them."""
    token_rewards_BT: torch.Tensor | None = None
    """float32, a reward a token; given when a reward term gives numbers a token, for advantages that need "token_rewards"."""
