"""Learning to tell right steps from wrong ones: the training of a process reward model."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from menolab.engines.torch_engine import TorchEngine
from menolab.errors import BadInput, check_range
from menolab.judges.process_reward import stepped
from menolab.judges.step_head import Head, Stepped, batches, contrast, step_scores
from menolab.judges.step_labels import ByCompletions, StepLabels
from menolab.keys import Key
from menolab.models.policy import Policy
from menolab.runs.loop import Loop
from menolab.runs.run import Run
from menolab.runs.stage import Stage
from menolab.samplers.independent import Independent
from menolab.schedules import Cosine, Schedule
from menolab.stages.learner import adamw, take_steps
from menolab.stages.supervised import Order


@dataclass(frozen=True)
class ProcessSupervised(Stage):
    """Makes a process reward model of the policy: it solves problems, its steps get labels, and p(good) at the end of each step is fitted to them.

    The loss is the binary cross-entropy -y log p - (1 - y) log(1 - p), mean over the labelled steps of a batch, for labels y in [0, 1]: Wang et al. 2024
    (Math-Shepherd), arXiv:2312.08935; Lightman et al. 2023, arXiv:2305.20050. What results scores steps (`ProcessReward`) and no longer solves.
    """

    paper = "arXiv:2312.08935"

    labels: StepLabels = ByCompletions()
    solutions: int = 1000
    """Drawn from the policy before the first step."""
    samples: int = 4
    """Of them a problem."""
    steps: int = 300
    batch: int = 32
    """Solutions a step."""
    lr: float = 1e-3
    """Peak learning rate (AdamW)."""
    schedule: Schedule = Cosine(warmup=0.05)
    good: str = "+"
    bad: str = "-"

    def __post_init__(self) -> None:
        for name in ("samples", "steps", "batch"):
            check_range(name, getattr(self, name), 1)
        check_range("solutions", self.solutions, max(self.batch, self.samples))
        check_range("lr", self.lr, 0.0, open_low=True)

    def __call__(self, run: Run, policy: Policy) -> Policy:
        setup, key = run.setup, run.key.fold("process")
        head = contrast(policy, self.good, self.bad)
        pool = self._labelled(run, policy, key)  # before the loop puts trained weights in place: solutions are those of the policy that came in
        optimizer = adamw(policy, setup.betas, setup.weight_decay)
        loop = Loop(run, "process", self.steps, policy.model, optimizer)
        order = Order([len(row.prompt) + len(row.tokens) for row in pool], self.batch, key.fold("order"))
        policy.model.train()
        for step in loop:
            began = time.perf_counter()
            rows = [pool[i] for i in order(step)]
            metrics = fit(policy, head, optimizer, rows, self.lr * self.schedule(loop.progress), setup.max_grad_norm, run.micro_tokens)
            seconds = time.perf_counter() - began
            loop.done(metrics, {"update": seconds, "tokens_per_second": sum(len(row.tokens) for row in rows) / seconds})
        return policy

    def _labelled(self, run: Run, policy: Policy, key: Key) -> list[Stepped]:
        """Solutions with at least one labelled step.

        Raises:
            BadInput: too few of them for a batch.
        """
        setup, engine = run.setup, TorchEngine(policy)
        problems = list(islice(run.problems(key.fold("problems")), self.solutions // self.samples))
        groups = Independent(self.samples)(engine, problems, setup.decoding, key.fold("solutions"))
        labels = self.labels(engine, setup.task, groups, setup.decoding, key.fold("labels"))
        pool = [
            stepped(engine, engine.encode(group.problem.prompt), r.text, known)
            for group, own in zip(groups, labels, strict=True)
            for r, known in zip(group.rollouts, own, strict=True)
        ]
        pool = [row for row in pool if any(label is not None for label in row.labels)]
        if len(pool) < self.batch:
            remedy = f"only {len(pool)} of {self.solutions} solutions have a labelled step, fewer than a batch; other labels, or a model that solves"
            raise BadInput("labels", type(self.labels).__name__, remedy)
        return pool


def fit(
    policy: Policy, head: Head, optimizer: torch.optim.Optimizer, rows: Sequence[Stepped], lr: float, max_grad_norm: float, micro_tokens: int
) -> dict[str, float]:
    """One step on the mean cross-entropy of the labelled steps; returns loss, grad_norm and the share of steps on the right side of 1/2.

    Raises:
        RunFailed: loss or gradient is not finite; the weights are those before the step.
    """
    optimizer.zero_grad(set_to_none=True)
    count = sum(label is not None for row in rows for label in row.labels)
    loss = hits = 0.0
    for part in batches(rows, micro_tokens):
        own = [known(rows[i]) for i in part]
        scores_N = torch.cat(step_scores(policy, head, own))
        labels_N = torch.tensor([label for row in own for label in row.labels], dtype=scores_N.dtype, device=scores_N.device)
        share = binary_cross_entropy_with_logits(scores_N, labels_N, reduction="sum") / max(count, 1)
        share.backward()
        loss += float(share.detach())
        hits += float(((scores_N > 0) == (labels_N > 0.5)).sum())
    (norm,) = take_steps(loss, [(optimizer, lr)], max_grad_norm)
    return {"loss": loss, "grad_norm": norm, "accuracy": hits / max(count, 1)}


def known(row: Stepped) -> Stepped:
    """The row with its labelled steps alone."""
    kept = [(end, label) for end, label in zip(row.ends, row.labels, strict=True) if label is not None]
    return replace(row, ends=tuple(end for end, _ in kept), labels=tuple(label for _, label in kept))
