"""A verdict of one of two words: how it is asked for, and read as a probability."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import BadInput, check_range
from menolab.judges.judge import written
from menolab.keys import Key
from menolab.pieces import Piece
from menolab.records import Completion, Opinion


@dataclass(frozen=True)
class TwoWords(Piece):
    """Asks for one of two words; the score is p(yes) / (p(yes) + p(no)) where the verdict stands.

    Asked at once (`thinking` 0): the two words are scored right behind the question. Su et al. 2025, "Crossing the Reward Bridge", arXiv:2503.23829: the
    soft reward is the verifier's probability of its judgement being 1, P(c) where c = 1 and 1 - P(c) where c = 0; over these two tokens, as here,
    both cases are this ratio.

    After thinking: the model reasons, and the two words are compared at the place where it wrote one of them, behind the last `lead`. Anjum 2025, "When
    Reasoning Beats Scale", arXiv:2505.03786: s = p(true) / (p(true) + p(false)) in place of a verdict of 0 or 1 ranks candidates finer; there the
    answer is JSON, `TwoWords("true", "false", thinking=4096, lead='"correct":')`. With `soft=False` the word that was written decides.

    The texts of the papers were read in excerpts; equation numbers could not be confirmed.
    """

    catalogue = ("soft-reward-rlvr", "r1-discriminator")
    paper = "arXiv:2503.23829; arXiv:2505.03786"

    yes: str = "1"
    no: str = "0"
    thinking: int = 0
    """Most tokens that the model may write, its verdict included; 0: no thinking."""
    lead: str = ""
    """What stands before the verdict word; asked at once, it is put behind the question as the beginning of the answer."""
    soft: bool = True
    """Probability of yes; else 1 or 0."""
    temperature: float = 1.0
    """At which it thinks."""

    def __post_init__(self) -> None:
        check_range("words.thinking", self.thinking, 0)
        check_range("words.temperature", self.temperature, 0.0)
        if not self.yes or not self.no or self.yes == self.no:
            raise BadInput("words.yes", self.yes, f"two different words are compared, and no = {self.no!r}")
        if self.yes.startswith(self.no) or self.no.startswith(self.yes):
            raise BadInput("words.yes", self.yes, f"cannot be told from no = {self.no!r}: one begins with the other")
        if self.thinking and not self.lead:
            raise BadInput("words.lead", self.lead, 'a verdict after thinking is looked for behind a lead, e.g. "<answer>" or \'"correct":\'')

    def __call__(self, engine: Engine, questions: Sequence[str], keys: Sequence[Key]) -> list[Opinion]:
        """An opinion a question, undecided where the answer holds no verdict or there is no room for one; all questions in one call."""
        prompts = [engine.encode(question) for question in questions]
        if not self.thinking:
            return self._weighed(engine, [_Place((*prompt, *engine.tokens(self.lead)), "", "") for prompt in prompts])
        answers = written(engine, prompts, keys, Decoding(self.temperature, max_tokens=self.thinking))
        read = [self._read(engine, prompt, answer) for prompt, answer in zip(prompts, answers, strict=True)]
        return self._weighed(engine, read) if self.soft else [self._spoken(found) for found in read]

    def _read(self, engine: Engine, prompt: Sequence[int], answer: Completion | None) -> _Place | Opinion:
        """Where in its answer the judge wrote its verdict."""
        if answer is None:
            return Opinion(None, "the question leaves the judge no room, or its engine failed")
        text = engine.decode(answer.tokens)
        words = "|".join(map(re.escape, (self.yes, self.no)))
        found = list(re.finditer(rf"{re.escape(self.lead)}\s*({words})(?!\w)", text))
        if not found or self.lead in text[found[-1].end() :]:
            return Opinion(None, "no verdict where one was asked for", text)
        start = found[-1].start(1)
        # The drawn tokens up to the verdict, but not a token that holds both white space and the word: what is compared starts with that space.
        count = len(answer.tokens)
        limit = len(text[:start].rstrip())
        while count and not (len(before := engine.decode(answer.tokens[:count])) <= limit and text.startswith(before)):
            count -= 1
        before = engine.decode(answer.tokens[:count])
        return _Place((*prompt, *answer.tokens[:count]), text[len(before) : start], found[-1].group(1), text)

    def _weighed(self, engine: Engine, places: Sequence[_Place | Opinion]) -> list[Opinion]:
        """Opinions from the likelihoods of the two words at every place, all asked for at once."""
        places = [self._fitting(engine, place) for place in places]
        asked = [(place, engine.tokens(place.gap + word)) for place in places if isinstance(place, _Place) for word in (self.yes, self.no)]
        weights = iter(engine.likelihoods([place.prompt for place, _ in asked], [tokens for _, tokens in asked]) if asked else [])
        opinions = []
        for place in places:
            if isinstance(place, Opinion):
                opinions.append(place)
                continue
            score = yes_share(next(weights), next(weights))
            opinions.append(Opinion(score if self.soft else float(score >= 0.5), f"p({self.yes}) = {score:.3f}", place.text))
        return opinions

    def _fitting(self, engine: Engine, place: _Place | Opinion) -> _Place | Opinion:
        if isinstance(place, Opinion):
            return place
        longest = max(len(engine.tokens(place.gap + word)) for word in (self.yes, self.no))
        return place if len(place.prompt) + longest <= engine.context else Opinion(None, "the question leaves the judge no room")

    def _spoken(self, found: _Place | Opinion) -> Opinion:
        return found if isinstance(found, Opinion) else Opinion(float(found.word == self.yes), f"the judge wrote {found.word}", found.text)


@dataclass(frozen=True)
class _Place:
    """Where a verdict stands: the tokens before it, the white space that goes with the word, the word written there, and all that was written."""

    prompt: tuple[int, ...]
    gap: str
    word: str
    text: str = ""


def yes_share(yes: float, no: float) -> float:
    """p(yes) / (p(yes) + p(no)) from two log-probabilities, without overflow; 1/2 where both are impossible."""
    gap = yes - no
    if gap != gap:
        return 0.5
    return 1.0 / (1.0 + math.exp(-gap)) if gap >= 0 else math.exp(gap) / (1.0 + math.exp(gap))
