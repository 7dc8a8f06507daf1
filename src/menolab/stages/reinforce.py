"""Reinforcement learning with verifiable rewards: the standard loop. It knows no method by name."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import fmean
from typing import Any

import torch

from menolab.advantages.advantage import Advantage, Chain, credit
from menolab.advantages.group_baseline import GroupBaseline
from menolab.curricula.curriculum import Curriculum, Uniform
from menolab.curricula.filter import Filter, all_equal, keep
from menolab.engines.engine import Engine
from menolab.engines.torch_engine import TorchEngine
from menolab.errors import BadInput, RunFailed, check_range
from menolab.judges.panel import Panel, judges_in, open_panel
from menolab.keys import Key
from menolab.losses.loss import Loss
from menolab.losses.policy_loss import PolicyLoss
from menolab.models.base import Adapter
from menolab.models.lora import Full
from menolab.models.policy import Policy
from menolab.pieces import all_needs
from menolab.records import Batch, Group
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.judge import judge
from menolab.rewards.reward import Reward, TokenReward
from menolab.runs.loop import Loop
from menolab.runs.run import Run
from menolab.runs.stage import Stage
from menolab.samplers.independent import Independent
from menolab.samplers.sampler import Sampler
from menolab.stages.collate import collate, rows
from menolab.stages.critic import Critic, NoCritic
from menolab.stages.following import follow, recall
from menolab.stages.learner import Learner, frozen_copy, learner, minibatches, torch_dtype
from menolab.stages.process import NoProcess, ProcessModel, ProcessReward
from menolab.stages.rescore import check_solutions, entropies, explained, fill_unknown, logprobs, with_solutions, with_values
from menolab.stages.rollout_log import Lesson, due, save_rollouts

PROVIDED = frozenset(
    {"reference_logprobs", "recomputed_logprobs", "entropy", "entropy_gradient", "solutions", "whole_update", "normalisers", "opinions"}
)
"""What this loop can compute for pieces that declare a need; "values" and "token_rewards" come from its critic and process reward."""


@dataclass(frozen=True)
class Reinforce(Stage):
    """Sample groups, judge them, give credit, update: a method is a choice of these parts. Credit without baseline by default."""

    sampler: Sampler = Independent()
    rewards: tuple[Reward, ...] = (Accuracy(),)
    weights: tuple[float, ...] = ()
    """One a reward term; empty: 1 for each."""
    filters: tuple[Filter, ...] = ()
    advantage: Advantage = Chain((GroupBaseline(),))
    loss: Loss = PolicyLoss()
    curriculum: Curriculum = Uniform()
    adapter: Adapter = Full()
    critic: Critic = NoCritic()
    process: ProcessReward = NoProcess()
    epochs: int = 1
    """Passes over each batch of rollouts."""
    minibatches: int = 1
    """Updates a pass."""
    passes: tuple[Advantage, ...] = (Chain(),)
    """Transforms of the credit, one after the other: each makes all its epochs of updates before the next (a subset of tokens first, then the rest)."""
    draws: int = 1
    """Most rounds of sampling a step: problems are drawn until the filters leave as many as the step has room for, or the rounds are over."""
    follow: float = 0.0
    """Share of the way to the policy that the reference moves after each step; 0: it stays where it began."""

    def __post_init__(self) -> None:
        check_range("epochs", self.epochs, 1)
        check_range("minibatches", self.minibatches, 1)
        check_range("draws", self.draws, 1)
        check_range("follow", self.follow, 0.0, 1.0)
        if not self.passes:
            raise BadInput("passes", self.passes, "without a pass nothing is learnt; Chain() updates all tokens")
        if not self.rewards:
            raise BadInput("rewards", self.rewards, "give at least one reward term")
        if self.weights and len(self.weights) != len(self.rewards):
            raise BadInput("weights", self.weights, f"give one weight for each of the {len(self.rewards)} reward terms, or none")
        gives = frozenset({"token_rewards"} if any(isinstance(term, TokenReward) for term in self.rewards) else ())
        if gives - self._needs:
            remedy = "one of them rewards tokens, and no part of the advantage takes that up; put ReturnToGo first in the chain"
            raise BadInput("rewards", tuple(type(term).__name__ for term in self.rewards), remedy)
        if gives & self.process.provides:
            raise BadInput("process", self.process, "it would take the place of the reward terms that reward tokens; keep one of the two")
        missing = self._needs - PROVIDED - gives - self.critic.provides - self.process.provides
        if missing:
            raise BadInput("method", type(self).__name__, f"the reinforcement loop does not provide {', '.join(sorted(missing))}, which one of its parts needs")
        if self.critic.provides - all_needs(self.loss):
            raise BadInput("critic", self.critic, "no part of the loss teaches it; add ClippedValue to the penalty, or take NoCritic")
        if self.process.provides - all_needs((self.advantage, self.passes)):
            raise BadInput("process", self.process, "no part of the advantage reads its rewards; add TokenRewards, or take NoProcess")

    @property
    def _needs(self) -> frozenset[str]:
        return all_needs((self.sampler, self.rewards, self.filters, self.advantage, self.passes, self.loss, self.curriculum, self.critic, self.process))

    def check(self, run: Run) -> None:
        if "solutions" in self._needs:
            check_solutions(run.setup.task, run.key)
        if self.follow and "reference_logprobs" not in self._needs:
            raise BadInput("follow", self.follow, "no part of the method reads the reference; leave it 0 or add a KL penalty")
        for each in judges_in(self.rewards):
            each.check(next(run.problems(run.key.fold("probe"))))

    def __call__(self, run: Run, policy: Policy) -> Policy:
        setup, key = run.setup, run.key.fold("reinforce")
        reference = frozen_copy(policy) if "reference_logprobs" in self._needs and not self.follow else None
        critic = self.critic(run, policy, self.adapter, key.fold("critic"))
        process = self.process(run, policy, self.adapter, key.fold("process"))
        policy = self.adapter(policy, key.fold("adapter"))
        if self.follow:
            reference = frozen_copy(policy)  # with the adapter, whose parameters it follows
        anchor = reference if "reference_logprobs" in all_needs(self.loss) else None
        learns = learner(run, policy, self.loss, setup.decoding, setup.weight_decay, anchor, critic)
        beside = {**(critic.trained if critic else {}), **(process.trained if process else {})}
        loop = Loop(run, "reinforce", setup.steps, policy.model, learns.optimizer, self.curriculum.init(), beside)
        if reference is not None and self.follow:
            recall(reference, policy, learns.optimizer)
        engine = TorchEngine(policy, dtype=torch_dtype(setup.sample_dtype))
        panel = open_panel(judges_in(self.rewards), engine, run.device)
        for step in loop:
            clock = Clock()
            groups, kept = gather(self._rounds(run, engine, panel, loop, clock), self.filters, self._problems(run))
            metrics = describe(groups) | {"kept": sum(len(group.sampled) for group in kept)}
            rate, shown = setup.lr * setup.schedule(loop.progress), due(run, step + 1)
            try:
                learnt, lesson = self._learn(learns, process, kept, reference, rate, key.fold("minibatches", step), shown)
            except RunFailed as error:
                save_rollouts(run, step + 1, groups, engine.decode)
                raise RunFailed(f"reinforce step {step + 1}: {error}; its rollouts are in {run.folder / 'rollouts'}") from error
            metrics |= learnt
            if reference is not None and self.follow:
                follow(reference, policy, learns.optimizer, self.follow)
            clock.lap("update")
            if shown:
                save_rollouts(run, step + 1, groups, engine.decode, lesson)
            loop.state = self.curriculum.learn(loop.state, groups)
            loop.done(metrics, clock.timings(metrics["tokens"]))
        return policy

    def _problems(self, run: Run) -> int:
        """How many problems a step has room for."""
        return max(1, run.setup.rollouts // self.sampler.group)

    def _rounds(self, run: Run, engine: Engine, panel: Panel, loop: Loop, clock: Clock) -> Iterator[list[Group]]:
        """Judged groups, one round of sampling after the other."""
        setup, key, weights = run.setup, run.key.fold("reinforce"), self.weights or (1.0,) * len(self.rewards)
        stream, own = run.problems(key.fold("problems", loop.step)), key.fold("rollout", loop.step)
        for _ in range(self.draws):
            problems = self.curriculum.choose(loop.state, stream, self._problems(run))
            if "solutions" in self._needs:
                problems = with_solutions(problems, setup.task, own.fold("solution"))
            groups = self.sampler(engine, problems, setup.decoding, own, loop.progress)
            clock.lap("sample")
            groups = judge(groups, setup.task, self.rewards, weights, loop.progress, partial(panel.ask, key=own.fold("judges")))
            clock.lap("verify")
            yield groups
            own = own.fold("again")

    def _learn(
        self, learns: Learner, process: ProcessModel | None, groups: Sequence[Group], reference: Policy | None, lr: float, key: Key, shown: bool
    ) -> tuple[dict[str, float], Lesson | None]:
        """All updates of one batch of rollouts; metrics are means over updates. Nothing to learn from gives no update. The lesson is told if it is `shown`."""
        if not groups:
            return {"loss": 0.0, "grad_norm": 0.0}, None
        batch, metrics = self._known(collate(groups, learns.decoding.max_tokens), learns, reference), {}
        if process is not None:
            batch, metrics = process(batch, lr, key.fold("process"))
        if learns.critic is not None:
            batch = with_values(batch, learns.critic, learns)
            metrics["explained_variance"] = explained(batch)
        credit_BT = credit(batch, self.advantage)
        lesson = told(groups, batch, credit_BT, learns, reference) if shown else None  # under the policy that drew: before it moves
        reports = []
        for each in self.passes:
            own_BT = credit(batch, each, credit_BT)
            for epoch in range(self.epochs):
                order_B = torch.from_numpy(key.fold(epoch).numpy().permutation(batch.totals.rollouts))
                for part, part_credit_BT in minibatches(batch, own_BT, self.minibatches, order_B, whole_groups=self.loss.whole_groups):
                    reports.append(learns.update(part, part_credit_BT, lr))
        return {name: fmean(report.get(name, 0.0) for report in reports) for name in reports[0]} | metrics, lesson

    def _known(self, batch: Batch, learns: Learner, reference: Policy | None) -> Batch:
        """The batch with the log-probabilities that its parts need, under the policy before its update and under the reference."""
        batch = fill_unknown(batch, learns)
        if reference is not None and "reference_logprobs" in all_needs((self.advantage, self.passes, self.critic, self.process)):
            batch = replace(batch, reference_logprobs_BT=logprobs(reference, batch, learns))
        if "recomputed_logprobs" in self._needs:
            batch = replace(batch, recomputed_logprobs_BT=logprobs(learns.policy, batch, learns))
        return batch


READ_AGAIN = 64
"""Rollouts of a step that are read again for the log, whole groups: a forward pass over all would cost a fifth of the step."""


def told(groups: Sequence[Group], batch: Batch, credit_BT: torch.Tensor, learns: Learner, reference: Policy | None) -> Lesson:
    """What the learner makes of the rollouts, token by token, for the log: the first groups are read again for their entropies, and under the reference where
    the loss alone has it. NaN for the others."""
    index_B = torch.isin(batch.group_B, batch.group_B[:READ_AGAIN].unique()).nonzero()[:, 0]
    part = rows(batch, index_B)

    def spread(values_RT: torch.Tensor) -> torch.Tensor:
        out_BT = torch.full(batch.mask_BT.shape, float("nan"))
        out_BT[index_B, : values_RT.shape[1]] = values_RT
        return out_BT

    reference_BT = batch.reference_logprobs_BT
    if reference_BT is None and reference is not None:
        reference_BT = spread(logprobs(reference, part, learns))
    return Lesson(groups, batch, credit_BT, spread(entropies(learns.policy, part, learns)), reference_BT)


def gather(rounds: Iterable[Sequence[Group]], filters: Sequence[Filter], count: int) -> tuple[list[Group], list[Group]]:
    """All groups drawn, and those of them that the learner sees: rounds are drawn until the filters leave `count` problems, or there are no more.

    A filter may make several groups of one problem; problems beyond `count` are dropped.
    """
    drawn: list[Group] = []
    kept: list[Group] = []
    ids: list[str] = []
    for groups in rounds:
        drawn += groups
        kept += keep(groups, filters)
        ids = list(dict.fromkeys(group.problem.id for group in kept))[:count]
        if len(ids) == count:
            break
    return drawn, [group for group in kept if group.problem.id in ids]


def describe(groups: Sequence[Group]) -> dict[str, Any]:
    """What a step's rollouts look like, before any filter and without yardsticks. Rates are shares of rollouts, lengths are in tokens drawn."""
    rollouts = [r for group in groups for r in group.sampled]
    scored = [r.reward for r in rollouts if r.reward is not None]
    terms = {name: [r.rewards[name] for r in rollouts if r.rewards[name] is not None] for name in rollouts[0].rewards}
    known = [lp for r in rollouts for lp in r.logprobs if lp == lp]
    return {
        "drawn": sum(len(group.rollouts) + len(group.probes) for group in groups),
        "tokens": sum(group.drawn_tokens for group in groups),
        "reward": fmean(scored) if scored else 0.0,
        "pass_rate": fmean(r.verdict is not None and r.verdict.right for r in rollouts),
        "length": fmean(r.length for r in rollouts),
        # The mean negative log-probability of what was drawn is an unbiased estimate of the mean entropy per token.
        "entropy": -sum(known) / max(len(known), 1),
        "truncated": fmean(r.truncated for r in rollouts),
        "unparsed": fmean(r.unparsed for r in rollouts),
        "undecided": fmean(r.verdict is not None and r.verdict.label == "undecided" for r in rollouts),
        "dead_groups": fmean(all_equal(group) for group in groups),
        **{f"reward/{name}": fmean(values) for name, values in terms.items() if values},  # type: ignore[arg-type]
    }


class Clock:
    """Splits a step's seconds into named laps."""

    def __init__(self) -> None:
        self.began = self.last = time.perf_counter()
        self.laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        """The time since the last lap is added to `name`."""
        now = time.perf_counter()
        self.laps[name] = self.laps.get(name, 0.0) + now - self.last
        self.last = now

    def timings(self, tokens: int) -> dict[str, float]:
        """Seconds by lap, what is in none of them as "other", and sampled tokens a second of the whole step."""
        total = time.perf_counter() - self.began
        return {**self.laps, "other": total - sum(self.laps.values()), "tokens_per_second": tokens / total}
