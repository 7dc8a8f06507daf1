"""The `meno` command: picks the verb, imports only that verb's module, and turns errors into exit codes.

Exit codes: 0 done, 1 a run that failed, 2 bad input, 130 interrupted.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

from menolab import __version__
from menolab.errors import BadInput, RunFailed, unknown

VERBS = {
    "demo": "the main job end to end on this machine: random weights -> cold start -> reinforcement -> report",
    "train": "train with a published method: meno train METHOD [--on SETUP] [part=Piece] [--field value]",
    "evaluate": "sample answers, verify them, write a result record: meno evaluate MODEL|RUN --on TASK...",
    "compare": "paired statistics on two or more results: meno compare A B",
    "solve": "answer one problem: meno solve MODEL \"problem\"",
    "grade": "verify responses in a file: meno grade FILE.jsonl",
    "audit": "score a verifier, with your rows or the built-in table: meno audit verifier [FILE.jsonl]",
    "sandbox": "how well this machine closes programs in: meno sandbox [--selftest]",
    "report": "one self-contained HTML page for a run: meno report RUN [--rollouts] [--open]",
    "view": "runs, reports and every sample in the browser, on this machine only: meno view [FOLDER]",
    "study": "a question about models, asked as a paper asks it: meno study NAME MODEL|RUN|RECORD...",
    "ledger": "what was claimed of each method and what was seen: meno ledger [run METHOD...]",
    "bench": "speed and memory beside peers and the machine: meno bench rollout|step|limit|scale",
    "catalogue": "every piece: id, family, summary, paper, defaults, test",
    "tasks": "the tasks, with an example each",
}


def usage() -> str:
    """The text of `meno --help`."""
    lines = [f"menolab {__version__}: an open laboratory for reasoning language models", "", "usage: meno VERB [options]", ""]
    lines += [f"  {verb:<10} {text}" for verb, text in VERBS.items()]
    lines += ["", "meno VERB --help says more. Every verb takes --json: one JSON document on stdout and nothing else."]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code."""
    # OpenMP's threads wait for one another by spinning, for milliseconds; beside a busy process that costs more than the work. Spinning for some
    # microseconds costs nothing on a quiet machine and halves the loss on a busy one. Read when torch is imported, so it is set before.
    os.environ.setdefault("GOMP_SPINCOUNT", "20000")
    argv = list(sys.argv[1:] if argv is None else argv)
    if not argv or argv[0] in ("-h", "--help", "help"):
        print(usage())
        return 0
    if argv[0] in ("-V", "--version"):
        print(f"menolab {__version__}")
        return 0
    try:
        if argv[0] not in VERBS:
            raise unknown("verb", argv[0], VERBS)
        verb = importlib.import_module(f"menolab.cli.{argv[0]}")
        return verb.run(parse(verb, argv[0], argv[1:]))
    except BadInput as error:
        print(f"meno: {error}", file=sys.stderr)
        return 2
    except RunFailed as error:
        print(f"meno: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("meno: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output has gone, e.g. `meno catalogue | head`
        sys.stderr.close()
        return 1


def parse(verb: object, name: str, argv: list[str]) -> object:
    """The verb's `Args`. A verb whose options depend on a choice (train) parses its own words: it defines `parse(argv)`."""
    own = getattr(verb, "parse", None)
    if own is not None:
        return own(argv)
    import tyro

    return tyro.cli(verb.Args, args=argv, prog=f"meno {name}")  # type: ignore[attr-defined]


def entry() -> None:
    """The console script."""
    sys.exit(main())
