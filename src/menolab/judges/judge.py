"""What a judge is: a model that is asked about responses."""

from __future__ import annotations

import abc
import re
from collections.abc import Sequence

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.keys import Key
from menolab.pieces import Piece
from menolab.records import Completion, Group, Opinion, Problem, Request, Rollout
from menolab.samplers.sampler import own_keys

_SLOT = re.compile(r"\{(problem|reference|response|answer)\}")


class Judge(Piece):
    """Says of every rollout of every group what it is worth, in one opinion. Where it fails or cannot be read the opinion is undecided.

    A judge holds the name of its model, never the model: whoever asks it (`judges.panel`) loads each name once and hands over the engine.
    """

    model: str
    """A model's folder or Hub name; empty: the policy that is being trained, as it is now."""

    @abc.abstractmethod
    def __call__(self, engine: Engine, groups: Sequence[Group], key: Key) -> list[list[Opinion]]:
        """Opinions, one a rollout, of groups whose rollouts have verdicts. All questions go to the engine in one call."""

    def check(self, problem: Problem) -> None:
        """Refuse a ground whose problems cannot be judged; called once, before anything is computed.

        Raises:
            BadInput: says what is missing.
        """


def fill(template: str, problem: Problem, rollout: Rollout) -> str:
    """A question with its {problem}, {reference}, {response} and {answer} filled in, all at once: braces in a response stay what they are.

    {answer} is what the verifier extracted, or the whole response where it found nothing.
    """
    extracted = rollout.verdict.extracted if rollout.verdict else None
    values = {
        "problem": problem.prompt,
        "reference": problem.answer,
        "response": rollout.text,
        "answer": rollout.text if extracted is None else extracted,
    }
    return _SLOT.sub(lambda slot: values[slot.group(1)], template)


def question_keys(groups: Sequence[Group], key: Key) -> list[Key]:
    """A key for each rollout, group by group: of its problem, how often the problem came before, and its place in the group."""
    return [own.fold(i) for own, group in zip(own_keys([g.problem for g in groups], key), groups, strict=True) for i in range(len(group.rollouts))]


def written(engine: Engine, prompts: Sequence[Sequence[int]], keys: Sequence[Key], decoding: Decoding) -> list[Completion | None]:
    """What the engine writes after each prompt, in one call; None where the prompt leaves no room for the whole answer, or the engine failed."""
    room = [i for i, prompt in enumerate(prompts) if len(prompt) + decoding.max_tokens <= engine.context]
    drawn = engine.generate([Request(tuple(prompts[i]), keys[i]) for i in room], decoding) if room else []
    answers: list[Completion | None] = [None] * len(prompts)
    for i, completion in zip(room, drawn, strict=True):
        answers[i] = None if completion.finish == "error" else completion
    return answers


def regroup(opinions: Sequence[Opinion], groups: Sequence[Group]) -> list[list[Opinion]]:
    """A flat list of opinions, cut into the groups."""
    source = iter(opinions)
    return [[next(source) for _ in group.rollouts] for group in groups]
