"""The verb `evaluate`: draw samples, verify them, sum them up."""

from __future__ import annotations

import hashlib
import json
import math
import time
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from menolab import __version__
from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.engines.widths import widths
from menolab.errors import BadInput
from menolab.evaluation import facts
from menolab.evaluation.metrics.finished import Finished
from menolab.evaluation.metrics.lengths import Lengths, quantiles
from menolab.evaluation.metrics.majority import MajorityAtK
from menolab.evaluation.metrics.metric import Metric, Table
from menolab.evaluation.metrics.pass_at_k import PassAtK
from menolab.evaluation.metrics.shares import Shares
from menolab.evaluation.metrics.surprise import Surprise
from menolab.evaluation.parts import Parts
from menolab.evaluation.record import Record, Result, Row
from menolab.evaluation.statistics import Estimate
from menolab.evaluation.votes import vote
from menolab.keys import Key
from menolab.pieces import all_needs, to_data
from menolab.records import Problem, Rollout
from menolab.samplers.independent import Independent
from menolab.tasks.task import Task, verify
from menolab.verifiers.extract import END_THINK, candidates, response

MAX_TOKENS = 512
"""Limit of a response where neither the user nor a run's recipe gives one."""
CHUNK = 32
"""Problems sampled between two calls of `progress`. Draws do not depend on it."""

STANDARD: tuple[Metric, ...] = (PassAtK(), MajorityAtK(), Finished(), Shares(), Lengths(), Surprise())
"""What every evaluation says; `meno catalogue --family metric` lists more."""

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
    metrics: Sequence[Metric] = STANDARD,
    parts: Path | None = None,
    entropy: bool = False,
    reference: tuple[str, Engine] | None = None,
) -> Result:
    """Sample every problem `samples` times, verify, and build the record with its rows.

    A sample's randomness is its key, its problem and its number: models compared under one key meet the same draws. A verifier that raises
    counts as undecided and errored.

    Args:
        progress: called with (problems done, problems in all) after every chunk.
        model: what the record calls the model.
        metrics: what is computed of the samples.
        parts: a folder where finished chunks are kept: after a kill the same call goes on from there. The caller removes it when the result is saved.
        entropy: store of each token the entropy of the distribution that it was drawn from: one more forward pass over what was drawn.
        reference: another model (its name, its engine) under which each drawn token's log-probability is stored beside.

    Raises:
        BadInput: no problem, two problems with one id (they could not be paired), `parts` of another evaluation, numbers of tokens at temperature 0, where
            the distribution drawn from holds one token, or a reference that reads prompts as other tokens.
    """
    _check(problems)
    reads = _Reads(engine if entropy else None, reference[1] if reference else None)
    reads.check(engine, problems[0], decoding)
    began = time.perf_counter()
    record = _unmeasured(engine, task, problems, decoding, samples, key, model, reference[0] if reference else "")
    kept = Parts(parts, _plan(record) | ({"entropy": True} if entropy else {})) if parts is not None else None
    draw = _Drawing(engine, task, decoding, samples, key, reads, first=asks_first(metrics))
    rows: list[Row] = []
    spent, before = {"sample": 0.0, "verify": 0.0}, 0.0
    for start in range(0, len(problems), CHUNK):
        known = kept.get(start) if kept is not None else None
        found, seconds = known or draw(problems[start : start + CHUNK])
        if known is not None:
            before += sum(seconds.values())
        elif kept is not None:
            kept.put(start, found, seconds)
        rows += found
        spent = {name: total + seconds.get(name, 0.0) for name, total in spent.items()}
        if progress is not None:
            progress(min(start + CHUNK, len(problems)), len(problems))
    record = replace(
        record,
        tokens={"prompt": sum(row.asked or 0 for row in rows), "completion": sum(row.tokens or 0 for row in rows)},
        seconds={**spent, "total": before + time.perf_counter() - began},
    )
    return measured(Result(record, tuple(rows)), task, metrics)


def _unmeasured(
    engine: Engine, task: Task, problems: Sequence[Problem], decoding: Decoding, samples: int, key: Key, model: str, reference: str
) -> Record:
    """What is known of an evaluation before anything is drawn."""
    return Record(
        task=task.name,
        problems=len(problems),
        samples=samples,
        metrics={},
        length={},
        standard_errors={},
        model=model,
        engine=type(engine).__name__,
        dtype=_dtype(engine),
        decoding=to_data(decoding),
        task_piece=to_data(task),
        verifier=_verifier(task),
        key=key.path,
        problems_hash=_hash(part for p in problems for part in (p.id, p.answer)),
        prompts_hash=_hash(p.prompt for p in problems),
        tokens={},
        seconds={},
        versions=facts.versions(),
        hardware=facts.hardware(),
        parameters=_parameters(engine),
        batch=getattr(engine, "max_batch", None),
        reference=reference,
    )


PLAN = ("task", "samples", "model", "engine", "dtype", "decoding", "task_piece", "verifier", "key", "problems_hash", "prompts_hash")
"""What decides the rows of an evaluation: parts of one may not go into another."""


def _plan(record: Record) -> dict[str, Any]:
    return {name: value for name, value in record.to_data().items() if name in PLAN} | ({"reference": record.reference} if record.reference else {})


@dataclass(frozen=True)
class _Reads:
    """Who reads again what was drawn, for numbers a token."""

    entropy: Engine | None
    """The engine that drew, where entropies are asked for."""
    reference: Engine | None

    def check(self, drew: Engine, problem: Problem, decoding: Decoding) -> None:
        if (self.entropy or self.reference) and decoding.temperature == 0:
            raise BadInput("temperature", 0.0, "the distribution drawn from holds one token, so entropies and log-ratios say nothing; draw at temperature 1")
        if self.reference is not None and self.reference.encode(problem.prompt) != drew.encode(problem.prompt):
            raise BadInput("reference", type(self.reference).__name__, "reads the prompt as other tokens; give a model with the same tokenizer")

    def columns(self, rollouts: Sequence[Rollout], decoding: Decoding) -> list[dict[str, Any]]:
        """What is stored of each rollout's tokens beside their log-probabilities."""
        prompts, tokens = [r.prompt for r in rollouts], [r.tokens for r in rollouts]
        asked = (("entropy", self.entropy, "entropies"), ("reference", self.reference, "logprobs"))
        read = {name: [_short(getattr(reading, of)) for reading in engine.readings(prompts, tokens, decoding)] for name, engine, of in asked if engine}
        return [{name: column[i] for name, column in read.items()} for i in range(len(rollouts))]


class _Drawing:
    """Draws and judges the samples of some problems; what is the same for all rows is found once."""

    def __init__(self, engine: Engine, task: Task, decoding: Decoding, samples: int, key: Key, reads: _Reads, *, first: bool):
        self.engine, self.task, self.decoding, self.samples, self.key, self.reads, self.first = engine, task, decoding, samples, key, reads, first
        self.end = engine.tokens(END_THINK)
        self.alone = cache(lambda token: engine.decode([token]))

    def __call__(self, problems: Sequence[Problem]) -> tuple[list[Row], dict[str, float]]:
        """The rows of the problems, and the seconds that drawing and verifying took."""
        began = time.perf_counter()
        groups = Independent(self.samples)(self.engine, problems, self.decoding, self.key)
        drawn, rows = time.perf_counter(), []
        read = iter(self.reads.columns([rollout for group in groups for rollout in group.rollouts], self.decoding))
        for group in groups:
            about = json.dumps(dict(group.problem.facts), ensure_ascii=False)
            own = [replace(self._row(group.problem, about, rollout), **next(read)) for rollout in group.rollouts]
            rows += [judged(row, self.task, group.problem, first=self.first) for row in own]
        return rows, {"sample": drawn - began, "verify": time.perf_counter() - drawn}

    def _row(self, problem: Problem, about: str, rollout: Rollout) -> Row:
        """What was drawn, not judged yet."""
        divided = widths(rollout.tokens, rollout.text, self.engine.decode, self.alone)
        return Row(
            problem=problem.id,
            sample=rollout.sample,
            prompt=problem.prompt,
            gold=problem.answer,
            difficulty=float(problem.difficulty),
            facts=about,
            text=rollout.text,
            finish=rollout.finish,
            tokens=len(rollout.tokens),
            thinking=self._thinking(rollout),
            first=None,
            surprise=-sum(rollout.logprobs) / len(rollout.logprobs) if rollout.logprobs else None,
            label="undecided",
            score=0.0,
            stage="",
            reason="",
            extracted=None,
            vote=None,
            logprobs=_short(rollout.logprobs) if rollout.logprobs else None,
            widths=array("i", divided) if divided is not None else None,
            asked=len(rollout.prompt),
        )

    def _thinking(self, rollout: Rollout) -> int | None:
        """Response tokens up to the end of the thinking; None where it did not come to an end."""
        thought, closed, _ = rollout.text.rpartition(END_THINK)
        if not closed:
            return None
        end, tokens = self.end, rollout.tokens
        ends = [i + len(end) for i in range(len(tokens) - len(end), -1, -1) if tokens[i : i + len(end)] == end]
        return ends[0] if ends else min(len(self.engine.tokens(thought + closed)), len(tokens))  # some tokenizers write it otherwise within a text


def measured(result: Result, task: Task, metrics: Sequence[Metric] = STANDARD) -> Result:
    """The result with everything that follows from its rows computed: metrics, lengths, standard errors, warnings, hashes, who judged."""
    rows, samples = result.rows, result.record.samples
    table = Table(rows, samples, Key(tuple(result.record.key)), result.record)
    found = {name: estimate for metric in metrics for name, estimate in metric(table).items()}
    once = rows[::samples]
    record = replace(
        result.record,
        problems=len(once),
        metrics=found,
        length=quantiles(table.column(lambda row: row.tokens)),
        standard_errors=standard_errors(table.right_PS),
        task_piece=to_data(task),
        verifier=_verifier(task),
        problems_hash=_hash(part for row in once for part in (row.problem, row.gold)),
        prompts_hash=_hash(row.prompt for row in once),
        versions=facts.versions(),
        warnings=_warnings(found, len(once)),
    )
    return Result(record, rows)


def standard_errors(right_PS: np.ndarray) -> dict[str, float | None]:
    """The two standard errors of pass@1, which answer two questions.

    ``problems``: how far the score would move on other problems like these (spread of problem means over sqrt P).
    ``samples``: how far it would move on the same problems with new samples, sqrt(mean of p(1-p)/(S-1)) / sqrt(P); None for one sample a problem.
    """
    p_P = right_PS.mean(axis=1)
    count, samples = right_PS.shape
    return {
        "problems": float(p_P.std(ddof=1) / math.sqrt(count)) if count > 1 else None,
        "samples": float(math.sqrt((p_P * (1 - p_P) / (samples - 1)).mean() / count)) if samples > 1 else None,
    }


def _short(values: Sequence[float]) -> array[float]:
    """Numbers to 11 bits, which compress to half."""
    return array("f", np.array(values, dtype=np.float16).tolist())


def judged(row: Row, task: Task, problem: Problem, *, first: bool) -> Row:
    """The sample with its verdict, and with that of the first answer it states where `first` asks for it."""
    verdict = verify(task, problem, row.text)
    return replace(
        row,
        first=_first(task, problem, row.text) if first else None,
        label=verdict.label,
        score=float(verdict.score),
        stage=verdict.stage,
        reason=verdict.reason,
        extracted=verdict.extracted,
        vote=vote(verdict),
    )


def asks_first(metrics: Sequence[Metric]) -> bool:
    """Whether one of the metrics needs the verdict on the first answer that a response states."""
    return "first_answers" in all_needs(tuple(metrics))


def _first(task: Task, problem: Problem, text: str) -> str | None:
    """The verdict on the first answer that a response states, as if it stood alone; None where it states none."""
    stated = candidates(text)
    return verify(task, problem, response("", stated[0][1])).label if stated else None


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


def _parameters(engine: Engine) -> int | None:
    """How many numbers an in-process model holds; None behind a server."""
    model = getattr(getattr(engine, "policy", None), "model", None)
    return None if model is None else sum(p.numel() for p in model.parameters())


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
    shares = {name: estimate.mean for name in WORRY if (estimate := measured.get(name)) is not None}
    shares["unparsed"] = shares.get("unparsed", 0.0) - shares.get("truncated", 0.0)  # a response cut short has no answer: that is said once
    found += [f"{share:.1%} of responses {MEANING[name]}" for name, share in shares.items() if share > WORRY[name]]
    if problems < 30:
        found.append(f"{problems} problems are few: intervals are wide, and approximate below 30")
    return tuple(found)


