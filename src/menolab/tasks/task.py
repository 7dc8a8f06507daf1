"""What a task is: a source of problems that can be checked."""

from __future__ import annotations

import abc
import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from menolab.errors import BadInput, RunFailed
from menolab.keys import Key
from menolab.pieces import Piece
from menolab.records import Demonstration, Problem, Verdict, undecided

HELD_OUT_SHARE = 0.1
"""Share of a procedural task's problems that training never sees."""


class Task(Piece):
    """A source of problems: `task(key)` draws one, `task.verify(problem, text)` checks a response.

    A problem's `id` is its canonical content (Countdown's numbers in order of size, say), so that two wordings of one problem are one problem
    and `held_out` can divide them for good.
    """

    quick: ClassVar[bool] = True
    """Whether a first problem comes in milliseconds; `meno tasks` shows an example of the others only when asked for them by name."""

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """What results are listed under, e.g. "countdown"."""

    @abc.abstractmethod
    def __call__(self, key: Key) -> Problem:
        """One problem, a pure function of the key."""

    @abc.abstractmethod
    def verify(self, problem: Problem, text: str) -> Verdict:
        """Check a whole response (thinking and answer)."""

    def steps(self, problem: Problem, text: str) -> tuple[int, int] | None:
        """(steps before the first wrong one, steps in all) of an answer that is checked step by step; None where it is not, or has none."""
        return None

    def listed(self) -> tuple[Problem, ...] | None:
        """All problems of a finite task (a file, a benchmark) in file order; None for an endless one."""
        return None

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """A worked response, for cold start. Tasks that cannot write one raise `NotImplementedError`."""
        raise NotImplementedError(f"{type(self).__name__} writes no demonstrations")


def verify(task: Task, problem: Problem, text: str) -> Verdict:
    """The task's verdict; a verifier that raises is "undecided", never a silent zero and never the end of a run."""
    try:
        return task.verify(problem, text)
    except Exception as error:  # a verifier may be a plug-in: whatever it raises is its own fault, not the rollout's
        return undecided("verifier", f"{type(error).__name__}: {error}")


def held_out(problem: Problem) -> bool:
    """Whether a problem is kept for evaluation: a hash of its content, so no seed, order or count can move it across."""
    digest = hashlib.blake2b(f"{problem.task}\0{problem.id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") < HELD_OUT_SHARE * 2**64


def draw(task: Task, key: Key, *, evaluation: bool, avoid: Callable[[Problem], bool] = lambda problem: False) -> Iterator[Problem]:
    """Endless problems of one side of the division, none of them one to `avoid`. The i-th attempt uses `key.fold(i)`.

    Raises:
        RunFailed: 10,000 attempts in a row gave none (the task is too small for the division).
    """
    failures = i = 0
    while True:
        problem = task(key.fold(i))
        i += 1
        if held_out(problem) == evaluation and not avoid(problem):
            failures = 0
            yield problem
        else:
            failures += 1
            if failures >= 10_000:
                raise RunFailed(f"task {task.name}: 10,000 draws gave no {'held-out' if evaluation else 'training'} problem; it has too few problems")


def met_in_training(task: Task, problems: Sequence[Problem]) -> int:
    """How many of `problems` a training on `task` may have drawn: those on its training side, by id or by prompt.

    An endless task is taken to draw any problem of its kind: 40,000 draws of three-number Countdown meet 19 of the 256 published test problems.
    """
    listed = task.listed()
    if listed is None:
        kind = task(Key.root(0)).task
        return sum(p.task == kind and not held_out(p) for p in problems)
    drawn = [p for p in listed if not held_out(p)]
    ids, prompts = {(p.task, p.id) for p in drawn}, {p.prompt for p in drawn}
    return sum((p.task, p.id) in ids or p.prompt in prompts for p in problems)


def evaluation_problems(task: Task, count: int, key: Key, *, trained_on: bool = False) -> tuple[Problem, ...]:
    """At most `count` distinct problems to evaluate on: the first of a finite task's list, or held-out ones of an endless task.

    Args:
        task: where they come from.
        count: how many; a finite task may have fewer.
        key: seeds the draws of an endless task.
        trained_on: the task is also trained on, so that of a finite list only the held-out side may be used.

    Raises:
        BadInput: a finite task that is trained on has no held-out problem.
        RunFailed: an endless task has fewer distinct held-out problems than asked for.
    """
    listed = task.listed()
    if listed is not None:
        side = tuple(p for p in listed if held_out(p)) if trained_on else listed
        if not side:
            raise BadInput("task", task.name, f"none of its {len(listed)} problems falls on the held-out side; give separate problems to evaluate on")
        return side[:count]
    found: dict[str, Problem] = {}
    for repeats, problem in enumerate(draw(task, key, evaluation=True)):
        found.setdefault(problem.id, problem)
        if len(found) == count:
            return tuple(found.values())
        if repeats > 1000 + 50 * count:
            raise RunFailed(f"task {task.name}: only {len(found)} distinct held-out problems found, {count} wanted; make it harder or ask for fewer")
    raise AssertionError("draw is endless")
