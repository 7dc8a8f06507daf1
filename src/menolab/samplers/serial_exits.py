"""One thought, left at several places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.records import Group, Problem, Rollout
from menolab.samplers.closing import Begun, closed, go_on, place
from menolab.samplers.independent import Independent
from menolab.samplers.sampler import Sampler
from menolab.verifiers.extract import END_THINK


@dataclass(frozen=True)
class SerialExits(Sampler):
    """One whole response to every problem and G - 1 early exits from its thought: cut at a random token, closed, and answered from there.

    Dai et al. 2025 (S-GRPO), arXiv:2505.07686 (read in summaries only): the places are uniform over the tokens of the thought. Exits come in order of
    their place and the whole response last. What is put behind the cut belongs to the response and is learnt (that is how the model learns to close
    its thought), with probabilities that are scored before the update. An exit and its answer keep within the token limit of a whole response. Words that
    say that time is over go into `closing`, before the tag. A problem whose prompt leaves no room for an exit has the whole response alone.
    """

    paper = "arXiv:2505.07686"

    group: int = 8
    """G, the whole response among them."""
    closing: str = END_THINK
    """What is put behind the cut thought."""

    def __post_init__(self) -> None:
        check_range("sampler.group", self.group, 2)
        if END_THINK not in self.closing:
            raise BadInput("sampler.closing", self.closing, f"must hold {END_THINK}, which ends the thought")

    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key, progress: float = 0.0) -> list[Group]:
        whole = Independent(1)(engine, problems, decoding, key)
        closing, end = engine.tokens(self.closing), engine.tokens(END_THINK)
        begun = [list(self._exits(r, closing, end, min(decoding.max_tokens, engine.context - len(r.prompt)))) for r in (g.rollouts[0] for g in whole)]
        drawn = iter(go_on(engine, [exit_ for exits in begun for exit_ in exits], decoding))
        groups = []
        for group, exits in zip(whole, begun, strict=True):
            early = tuple(next(drawn) for _ in exits)
            groups.append(group.with_rollouts((*early, replace(group.rollouts[0], sample=len(early)))))
        return groups

    def _exits(self, whole: Rollout, closing: tuple[int, ...], end: tuple[int, ...], limit: int) -> Iterator[Begun]:
        """The whole response cut at random places and closed, earliest first; `limit` is for prefix, closing and answer together."""
        at = place(whole.tokens, end)
        last = min(len(whole.tokens) - 1 if at is None else at, limit - len(closing) - 1)
        if last < 1 or whole.key is None:
            return
        rng = whole.key.fold("exits").random()
        for sample, cut in enumerate(sorted(rng.randint(1, last) for _ in range(self.group - 1))):
            prefix = Begun(whole.prompt, whole.tokens[:cut], whole.logprobs[:cut], whole.key.fold("exit", sample), sample, limit - cut - len(closing), 0)
            yield closed(prefix, closing)
