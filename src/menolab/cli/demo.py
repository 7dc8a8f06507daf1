"""`meno demo`: the main job end to end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Args:
    """Watch a language model that is random noise learn to reason: cold start on demonstrations, then reinforcement with verifiable rewards.

    Prints the figures with their intervals and where the report is. Needs no GPU and no network; Ctrl-C saves the state.
    """

    quick: bool = False
    """A smaller ground: a visible gain in under a minute, with wider intervals."""
    seed: int = 0
    """Seed of all randomness."""
    out: Path | None = None
    """Run folder; default runs/demo-TIME."""
    json: bool = False
    """One JSON document on stdout and nothing else."""


def run(args: Args) -> int:
    """Carry out the laptop recipe."""
    from menolab.cli.board import carry_out_live
    from menolab.cli.output import console, emit_json
    from menolab.cli.train import default_folder
    from menolab.runs.run import Launch, create
    from menolab.setups.laptop import demo_recipe

    recipe = demo_recipe(small=args.quick, seed=args.seed)
    opened = create(args.out or default_folder("demo"), recipe, Launch())
    summary = carry_out_live(opened, quiet=args.json)
    if args.json:
        emit_json(summary)
        return 0
    s = summary["seconds"]
    split = f"cold start {s['cold_start']:.0f} s, reinforcement {s['reinforce']:.0f} s, evaluation {s['evaluate']:.0f} s"
    console().print(f"\n{split}; peak memory {summary['peak_rss_bytes'] / 2**30:.2f} GiB\n\nreport  {summary['report']}", soft_wrap=True)
    problem = opened.evaluation[0][1][0].prompt
    console().print(f"next    meno solve {summary['run']} \"{problem}\" -n 4\n        meno train rloo --model {summary['run']}", soft_wrap=True)
    return 0
