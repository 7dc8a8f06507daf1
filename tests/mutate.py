"""Can the tests fail? Deliberate faults, one at a time, in copies of the pieces; every one must be caught.

    python tests/mutate.py [--only WORD] [--jobs N]

Prints a table; exits with 1 if a fault survives, and with 2 if the tests fail without any.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
FAMILIES = ("tests/losses", "tests/advantages")
"""The tests that have to notice a fault of a loss or an advantage."""


@dataclass(frozen=True)
class Fault:
    """One wrong line."""

    what: str
    path: str
    """Under src/menolab."""
    right: str
    """Occurs exactly once in the file."""
    wrong: str
    tests: tuple[str, ...] = FAMILIES
    """Which tests have to notice."""


FAULTS = (
    Fault("clip takes the larger of the two", "losses/surrogate.py", "return torch.minimum(", "return torch.maximum("),
    Fault("clip range on the wrong side", "losses/surrogate.py", "clamp(1.0 - self.low, 1.0 + self.high)", "clamp(1.0 - self.high, 1.0 + self.low)"),
    Fault("surrogate sign flipped", "losses/policy_loss.py", "masked(penalty_BT - corrected_BT, mask_BT)", "masked(penalty_BT + corrected_BT, mask_BT)"),
    Fault("penalty rewarded", "losses/policy_loss.py", "masked(penalty_BT - corrected_BT, mask_BT)", "masked(-penalty_BT - corrected_BT, mask_BT)"),
    Fault("ratio upside down", "losses/ratio.py", "(masked(logprobs_BT, mask_BT) - masked(old_logprobs_BT, mask_BT)).exp()",
          "(masked(old_logprobs_BT, mask_BT) - masked(logprobs_BT, mask_BT)).exp()"),
    Fault("on-policy ratio without stop-gradient", "losses/ratio.py", "(logprobs_BT - logprobs_BT.detach()).exp()", "(logprobs_BT - logprobs_BT).exp()"),
    Fault("sequence ratio not normalised by length", "losses/sequence_ratio.py",
          "masked(rollout_mean(gap_BT, mask_BT)[:, None]", "masked(gap_BT.sum(-1)[:, None]"),
    Fault("GSPO-token without stop-gradient", "losses/sequence_ratio.py", "mask_BT).detach()[:, None]", "mask_BT)[:, None]"),
    Fault("trajectory ratio normalised by length", "losses/trajectory_ratio.py", ".detach().sum(-1, keepdim=True)", ".detach().mean(-1, keepdim=True)"),
    Fault("sequence mean divided by responses of the micro-batch", "losses/aggregation.py", "length_B / inputs.totals.rollouts", "length_B / len(length_B)"),
    Fault("token mean over the micro-batch", "losses/aggregation.py",
          "double() / max(inputs.totals.tokens, 1)", "double() / inputs.mask_BT.sum().clamp_min(1)"),
    Fault("token limit taken from the padding", "losses/aggregation.py", "/ inputs.totals.limit /", "/ inputs.mask_BT.shape[1] /"),
    Fault("group mean over the whole update", "losses/aggregation.py", "inputs.group_tokens_B.clamp_min(1)[:, None]", "max(inputs.totals.tokens, 1)"),
    Fault("off-by-one length", "losses/loss.py", "mask_BT.sum(-1).clamp_min(1)", "(mask_BT.sum(-1) - 1).clamp_min(1)"),
    Fault("mask forgotten", "losses/loss.py",
          "return masked(inputs.logprobs_BT, inputs.mask_BT) - masked(inputs.old_logprobs_BT, inputs.mask_BT)",
          "return inputs.logprobs_BT - inputs.old_logprobs_BT"),
    Fault("unscorable rollouts are members", "losses/loss.py", "inputs.mask_BT.any(-1) & ~inputs.reward_B.isnan()", "inputs.mask_BT.any(-1)"),
    Fault("CISPO weight with gradient", "losses/clipped_weight.py", "ratio_BT.detach().clamp", "ratio_BT.clamp"),
    Fault("GPPO bounds exchanged", "losses/gradient_preserving_clip.py",
          "torch.where(advantage_BT > 0, above, below)", "torch.where(advantage_BT > 0, below, above)"),
    Fault("dual clip for good actions", "losses/dual_clip.py", "torch.where(advantage_BT < 0, torch", "torch.where(advantage_BT > 0, torch"),
    Fault("soft gate not scaled", "losses/soft_gate.py", "(4.0 / tau_BT)", "(4.0 * tau_BT)"),
    Fault("taper for good actions", "losses/taper.py", "torch.where(advantage_BT >= 0,", "torch.where(advantage_BT <= 0,"),
    Fault("likelihood of what went badly", "losses/positive_only.py", "clamp_min(0.0)", "clamp_max(0.0)"),
    Fault("importance truncated from below", "losses/truncated_importance.py", "clamp_max(self.cap)", "clamp_min(self.cap)"),
    Fault("outliers kept", "losses/masked_importance.py", "(weight_BT <= self.high)", "(weight_BT > self.high)"),
    Fault("mismatch upside down", "losses/correction.py",
          "masked(inputs.recomputed_logprobs_BT, inputs.mask_BT) - masked(inputs.old_logprobs_BT, inputs.mask_BT)",
          "masked(inputs.old_logprobs_BT, inputs.mask_BT) - masked(inputs.recomputed_logprobs_BT, inputs.mask_BT)"),
    Fault("right responses left behind", "losses/left_behind.py", "inputs.mask_BT) < 0)", "inputs.mask_BT) > 0)"),
    Fault("covariance not centred", "losses/covariance.py", "(credit_BT - credit_BT.sum() / tokens)", "credit_BT"),
    Fault("covariance of the micro-batch", "losses/kl_cov.py", "of_rows(self.chosen(inputs.whole), inputs)", "self.chosen(inputs)"),
    Fault("lowest covariance held", "losses/kl_cov.py", ".topk(count)", ".topk(count, largest=False)"),
    Fault("band of covariance inverted", "losses/clip_cov.py", "return 1.0 - of_rows(", "return 0.0 + of_rows("),
    Fault("k3 in the other direction", "losses/penalty.py", "gap_BT = -from_reference(inputs)", "gap_BT = from_reference(inputs)"),
    Fault("KL weight without gradient", "losses/weighted_kl.py", "moved(inputs).exp() * gap_BT", "moved(inputs).exp().detach() * gap_BT"),
    Fault("squared KL doubled", "losses/squared_kl.py", "self.beta * 0.5 *", "self.beta * 1.0 *"),
    Fault("entropy penalised", "losses/entropy_bonus.py", "return -self.beta * entropy(inputs)", "return self.beta * entropy(inputs)"),
    Fault("entropy target from above", "losses/entropy_bonus.py", "(self.target - sampled_entropy)", "(sampled_entropy - self.target)"),
    Fault("TEA softmax over rollouts", "losses/entropy_bonus.py", "inputs.mask_BT, -1e4), -1)", "inputs.mask_BT, -1e4), 0)"),
    Fault("optimistic value clip", "losses/clipped_value.py", "0.5 * torch.maximum(", "0.5 * torch.minimum("),
    Fault("GVPO divides by n", "losses/group_variance.py", "(count_B - 1.0).clamp_min(1.0)", "count_B.clamp_min(1.0)"),
    Fault("GVPO implicit reward not centred", "losses/group_variance.py", "centred(implicit_B) -", "implicit_B * member_B -"),
    Fault("mirror descent pushed away", "losses/mirror_descent.py", "self.pull * far_BT.sum(-1).square() -", "-self.pull * far_BT.sum(-1).square() -"),
    Fault("squares summed a token", "losses/mirror_descent.py", "far_BT.sum(-1).square()", "far_BT.square().sum(-1)"),
    Fault("DisCO KL reversed", "losses/discriminative.py", "kl = -float(moved(inputs.whole)", "kl = float(moved(inputs.whole)"),
    Fault("DisCO sum of exp, not mean", "losses/discriminative.py", "1.0) / count_B).log()", "1.0)).log()"),
    Fault("DRPO prefers long answers", "losses/discriminative.py", "short_B = 1.0 - inputs", "short_B = inputs"),
    Fault("TBRM without the start value", "losses/bellman_residual.py", "residual_B = inputs.normaliser_B +", "residual_B = 0.0 * inputs.normaliser_B +"),
    Fault("likelihood sign flipped", "losses/likelihood.py", "LossOutputs(-(weights_BT", "LossOutputs((weights_BT"),
    Fault("group baseline added", "advantages/group_baseline.py", "credit_BT.double() - mean_B", "credit_BT.double() + mean_B"),
    Fault("deviation always of the population", "advantages/group_scale.py", "(count_B - ddof)", "(count_B - 0)"),
    Fault("leave-one-out that leaves none out", "advantages/leave_one_out.py", "count_B / (count_B - 1).clamp_min(1.0)", "count_B / count_B.clamp_min(1.0)"),
    Fault("batch baseline of the group", "advantages/batch_baseline.py", "torch.zeros_like(batch.group_B)", "batch.group_B"),
    Fault("advantage estimator peeks at its own value", "advantages/gae.py",
          "self.discount * _next(value_BT) - value_BT", "self.discount * value_BT - value_BT"),
    Fault("Entropy-SFT seeks wide distributions", "losses/high_loss_tokens.py", "- self.weight * entropy(inputs)", "+ self.weight * entropy(inputs)"),
    Fault("Entropy-SFT learns what it knows", "losses/high_loss_tokens.py", "descending=True", "descending=False"),
    Fault("the limit does not grow", "samplers/staged_limit.py", "min(1.0, self.limit(progress))", "1.0", ("tests/samplers/test_staged_limit.py",)),
    Fault("the last stair is never reached", "schedules.py", "int(progress * len(self.values))", "int(progress * (len(self.values) - 1))",
          ("tests/samplers/test_staged_limit.py",)),
    Fault("loops rewarded", "rewards/repetition_loop.py", "[-looped(", "[looped(", ("tests/rewards/test_repetition_loop.py",)),
    Fault("loops in responses that ended", "rewards/repetition_loop.py", "if r.truncated else", "if r.tokens else", ("tests/rewards/test_repetition_loop.py",)),
    Fault("the first copy of a loop is free", "rewards/repetition_loop.py", "(equal // period + 1) * period)", "(equal // period) * period)",
          ("tests/rewards/test_repetition_loop.py",)),
    Fault("garbled text rewarded", "rewards/garbled.py", "[-sum(", "[sum(", ("tests/rewards/test_garbled.py",)),
    Fault("a plan is each response's own", "rewards/plan_quality.py", "setdefault(r.path[:1]", "setdefault(r.path[-1:]",
          ("tests/rewards/test_plan_quality.py",)),
    Fault("the plan may come last", "rewards/plan_format.py", "_LEAD.match(r.text)", "_LEAD.search(r.text)", ("tests/rewards/test_plan_format.py",)),
    Fault("right steps cost", "rewards/graded_failure.py", "math.exp(-self.beta", "math.exp(self.beta", ("tests/rewards/test_graded_failure.py",)),
    Fault("bare solutions are paid", "curricula/by_player.py", "replace(r, reward=0.0)", "replace(r, reward=r.reward)", ("tests/curricula/test_by_player.py",)),
    Fault("an abstraction is paid all solutions", "curricula/by_player.py", "if r.sample == abstraction.sample and r.reward", "if r.reward",
          ("tests/curricula/test_by_player.py",)),
    Fault("empty starts are replayed", "curricula/replay_prefixes.py", "randrange(1, len(r.tokens))", "randrange(0, len(r.tokens))",
          ("tests/curricula/test_replay_prefixes.py",)),
    Fault("replays are replayed", "curricula/replay_prefixes.py", "for group in groups if not group.problem.start for", "for group in groups for",
          ("tests/curricula/test_replay_prefixes.py",)),
    Fault("a replay outgrows the limit", "samplers/continued.py", "decoding.max_tokens - len(start) if within", "decoding.max_tokens if within",
          ("tests/samplers/test_resumed.py",)),
    Fault("one continuation, many times", "samplers/planned.py", "keys[p].fold(*path), decoding.max_tokens", "keys[p].fold(path[0]), decoding.max_tokens",
          ("tests/samplers/test_planned.py",)),
    Fault("solutions do not read", "samplers/abstracted.py", " + proposed[p * self.abstractions + i].text", "", ("tests/samplers/test_abstracted.py",)),
    Fault("templates of least complexity", "samplers/rewrite.py", "abs(c - own)", "(c - own)", ("tests/samplers/test_rewrite.py",)),
    Fault("the reference leaps", "stages/following.py", "held.lerp_(learnt, share)", "held.lerp_(learnt, 1.0 - share)", ("tests/stages/test_following.py",)),
    Fault("a resumed reference is the policy", "stages/following.py", 'held.copy_(optimizer.state[learnt]["reference"])', "held.copy_(learnt)",
          ("tests/stages/test_following.py",)),
    Fault("sample deviation of actions", "methods/dapo_stock.py", "ddof=0", "ddof=1", ("tests/methods/test_dapo_stock.py",)),
    Fault("plan quality weighs as form", "methods/pta_grpo.py", "weights=(1.0, quality, form)", "weights=(1.0, form, quality)",
          ("tests/methods/test_pta_grpo.py",)),
)  # fmt: skip


def notices(fault: Fault | None, tests: Sequence[str] = FAMILIES) -> bool:
    """Whether the fault's tests (without a fault: these) fail in a copy of the repository that has it."""
    with tempfile.TemporaryDirectory(prefix="menolab-mutate-") as folder:
        copy = Path(folder)
        for part in ("src", "tests"):
            shutil.copytree(REPOSITORY / part, copy / part, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        shutil.copy(REPOSITORY / "pyproject.toml", copy)
        if fault is not None:
            path = copy / "src" / "menolab" / fault.path
            text = path.read_text(encoding="utf-8")
            if text.count(fault.right) != 1:
                raise SystemExit(f"{fault.what}: {fault.path} has {fault.right!r} {text.count(fault.right)} times, not once; mend the fault")
            path.write_text(text.replace(fault.right, fault.wrong), encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", "not slow", *(fault.tests if fault else tests)]
        run = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True)
        if run.returncode not in (0, 1):
            raise SystemExit(f"{'the untouched copy' if fault is None else fault.what}: pytest could not run\n{run.stdout[-2000:]}")
        return run.returncode == 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="faults whose description or file has this word")
    parser.add_argument("--jobs", type=int, default=1, help="copies tested at a time")
    options = parser.parse_args()
    chosen = [fault for fault in FAULTS if options.only in fault.what or options.only in fault.path]
    if notices(None, sorted({test for fault in chosen for test in fault.tests})):
        print("the tests fail without any fault")
        return 2
    began = time.perf_counter()
    survivors = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for fault, caught in zip(chosen, pool.map(notices, chosen), strict=True):
            survivors += not caught
            print(f"{'caught' if caught else 'SURVIVED':9} {fault.path:42} {fault.what}", flush=True)
    print(f"{len(chosen) - survivors} of {len(chosen)} faults caught in {time.perf_counter() - began:.0f} s")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
