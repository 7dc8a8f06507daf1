"""The verb `evaluate`: draw samples, verify them, sum them up."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from menolab import __version__
from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import BadInput
from menolab.evaluation import facts, metrics, statistics
from menolab.evaluation.record import Record, Result, Row
from menolab.evaluation.statistics import Estimate
from menolab.keys import Key
from menolab.pieces import to_data
from menolab.records import Problem, Rollout
from menolab.samplers.independent import Independent
from menolab.tasks.task import Task, verify

CHUNK = 32
"""Problems sampled between two calls of `progress`. Draws do not depend on it."""

WORRY = {"truncated": 0.1, "unparsed": 0.1, "undecided": 0.02, "errored": 0.0}
"""Shares above which the record carries a warning."""

MEANING = {
    "truncated": "ran into the token limit; compare pass@1 over finished responses, or raise --max-tokens",
    "unparsed": "ended without an answer that could be read; they count as wrong",
    "undecided": "could not be judged; they count as wrong here but are not known to be",
    "errored": "met a fault of the engine or the verifier",
}


def evaluate(
    engine: Engine,
    task: Task,
    problems: Sequence[Problem],
    decoding: Decoding,
    samples: int,
    key: Key,
    progress: Callable[[int, int], None] | None = None,
    *,
    model: str = "",
) -> Result:
    """Sample every problem `samples` times, verify, and build the record with its rows.

    A sample's randomness is its key, its problem and its number: models compared under one key meet the same draws. A verifier that raises
    counts as undecided and errored.

    Args:
        progress: called with (problems done, problems in all) after every chunk.
        model: what the record calls the model.

    Raises:
        BadInput: no problem, or two problems with one id (they could not be paired).
    """
    _check(problems)
    sampler = Independent(samples)
    rows: list[Row] = []
    prompt_tokens = 0
    began = time.perf_counter()
    sampling = verifying = 0.0
    for start in range(0, len(problems), CHUNK):
        t0 = time.perf_counter()
        groups = sampler(engine, problems[start : start + CHUNK], decoding, key)
        t1 = time.perf_counter()
        rows += [_row(task, group.problem, rollout) for group in groups for rollout in group.rollouts]
        prompt_tokens += sum(len(rollout.prompt) for group in groups for rollout in group.rollouts)
        sampling, verifying = sampling + t1 - t0, verifying + time.perf_counter() - t1
        if progress is not None:
            progress(min(start + CHUNK, len(problems)), len(problems))
    measured, lengths, errors = summarise(rows, samples, key)
    record = Record(
        task=task.name,
        problems=len(problems),
        samples=samples,
        metrics=measured,
        length=lengths,
        standard_errors=errors,
        model=model,
        engine=type(engine).__name__,
        dtype=_dtype(engine),
        decoding=to_data(decoding),
        task_piece=to_data(task),
        verifier=_verifier(task),
        key=key.path,
        problems_hash=_hash(part for p in problems for part in (p.id, p.answer)),
        prompts_hash=_hash(p.prompt for p in problems),
        tokens={"prompt": prompt_tokens, "completion": sum(row.tokens for row in rows)},
        seconds={"sample": sampling, "verify": verifying, "total": time.perf_counter() - began},
        versions=facts.versions(),
        hardware=facts.hardware(),
        warnings=_warnings(measured, len(problems)),
    )
    return Result(record, tuple(rows))


def summarise(rows: Sequence[Row], samples: int, key: Key) -> tuple[dict[str, Estimate | None], dict[str, float], dict[str, float | None]]:
    """Metrics with intervals, length quantiles and standard errors of rows in order of problem and sample, `samples` a problem."""
    right_PS = column(rows, samples, lambda row: row.label == "right")
    passes_PK = metrics.pass_at_k(right_PS)
    majority_PK = metrics.majority_at_k([[row.vote for row in rows[i : i + samples]] for i in range(0, len(rows), samples)])
    finished_PS = column(rows, samples, lambda row: row.finish == "stop")
    tokens_PS = column(rows, samples, lambda row: row.tokens)
    found: dict[str, Estimate | None] = {}
    found |= {f"pass@{k + 1}": statistics.share(passes_PK[:, k]) for k in range(samples)}
    found |= {f"maj@{k + 1}": statistics.share(majority_PK[:, k]) for k in range(samples)}
    found["pass@1_finished"] = statistics.ratio(*metrics.pass_at_1_finished(right_PS, finished_PS), key.fold("finished"))
    found["truncated"] = _share_of(rows, samples, lambda row: row.finish == "length")
    found["unparsed"] = _share_of(rows, samples, lambda row: row.extracted is None)
    found["undecided"] = _share_of(rows, samples, lambda row: row.label == "undecided")
    found["errored"] = _share_of(rows, samples, lambda row: row.finish == "error" or (row.stage == "verifier" and row.label == "undecided"))
    found["length"] = statistics.mean(tokens_PS.mean(axis=1))
    found["entropy"] = _entropy(rows)
    return found, metrics.length_statistics(tokens_PS), metrics.spreads(right_PS)


def column(rows: Sequence[Row], samples: int, value: Callable[[Row], Any]) -> np.ndarray:
    """One number of every row as a float64 table `[P, S]`."""
    return np.array([value(row) for row in rows], dtype=np.float64).reshape(-1, samples)


def _share_of(rows: Sequence[Row], samples: int, holds: Callable[[Row], bool]) -> Estimate:
    return statistics.share(column(rows, samples, holds).mean(axis=1))


def _entropy(rows: Sequence[Row]) -> Estimate | None:
    """Mean surprise of the samples where it is known, averaged within problems first."""
    known: dict[str, list[float]] = {}
    for row in rows:
        if row.surprise is not None:
            known.setdefault(row.problem, []).append(row.surprise)
    return statistics.mean(np.array([np.mean(values) for values in known.values()])) if known else None


def _row(task: Task, problem: Problem, rollout: Rollout) -> Row:
    verdict = verify(task, problem, rollout.text)
    return Row(
        problem=problem.id,
        sample=rollout.sample,
        prompt=problem.prompt,
        gold=problem.answer,
        difficulty=float(problem.difficulty),
        text=rollout.text,
        finish=rollout.finish,
        tokens=len(rollout.tokens),
        surprise=-sum(rollout.logprobs) / len(rollout.logprobs) if rollout.logprobs else None,
        label=verdict.label,
        score=float(verdict.score),
        stage=verdict.stage,
        reason=verdict.reason,
        extracted=verdict.extracted,
        vote=metrics.vote(verdict),
    )


def _check(problems: Sequence[Problem]) -> None:
    if not problems:
        raise BadInput("problems", 0, "evaluate on one problem or more")
    seen: set[str] = set()
    for problem in problems:
        if problem.id in seen:
            raise BadInput("problems", problem.id, "occurs twice; ids must be unique so that two models can be compared problem by problem")
        seen.add(problem.id)


def _dtype(engine: Engine) -> str:
    """The dtype of an in-process model; "unknown" behind a server."""
    model = getattr(getattr(engine, "policy", None), "model", None)
    return str(getattr(model, "dtype", "unknown")).removeprefix("torch.")


def _verifier(task: Task) -> str:
    """What judged: the task's verifier piece if it has one, else the task itself, with the version of menolab."""
    judge = getattr(task, "verifier", task)
    return f"{judge!r} of menolab {__version__}"


def _hash(parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        text = part.encode("utf-8", "replace")
        digest.update(len(text).to_bytes(8, "little") + text)
    return digest.hexdigest()


def _warnings(measured: dict[str, Estimate | None], problems: int) -> tuple[str, ...]:
    found = []
    shares = {name: estimate.mean for name in WORRY if (estimate := measured[name]) is not None}
    shares["unparsed"] -= shares["truncated"]  # a response cut short has no answer: that is said once
    found += [f"{share:.1%} of responses {MEANING[name]}" for name, share in shares.items() if share > WORRY[name]]
    if problems < 30:
        found.append(f"{problems} problems are few: intervals are wide, and approximate below 30")
    return tuple(found)


