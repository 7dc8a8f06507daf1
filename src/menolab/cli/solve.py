"""meno solve: answer one problem with one model."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import tyro

from menolab.cli.output import console, emit_json, progress_console
from menolab.errors import check_range

if TYPE_CHECKING:
    from rich.text import Text

ANSWER = re.compile(r"<answer>(?P<answer>.*?)(?:</answer>|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Args:
    """Answer one problem: sample responses from a model and print them, thinking dimmed and answers bold."""

    model: tyro.conf.Positional[str]
    """A model folder, a run folder (its last model), or a Hub name."""
    problem: tyro.conf.Positional[str]
    """The problem, as the model shall read it."""
    temperature: float = 1.0
    """0 for the most probable token each time."""
    max_tokens: int = 512
    """Limit of the response."""
    samples: Annotated[int, tyro.conf.arg(aliases=["-n"])] = 1
    """How many responses to draw."""
    seed: int = 0
    """Which responses: one seed, one outcome."""
    json: bool = False
    """Print one JSON document and nothing else."""


def run(args: Args) -> int:
    """Sample and print. Exit code 0 also for a wrong or unfinished answer: nothing here knows the right one."""
    check_range("samples", args.samples, 1)
    from menolab.engines.decoding import Decoding

    decoding = Decoding(temperature=args.temperature, max_tokens=args.max_tokens)  # checked before the model is loaded
    import torch

    from menolab.engines.torch_engine import TorchEngine
    from menolab.keys import Key
    from menolab.models.checkpoint import Checkpoint
    from menolab.records import Request
    from menolab.runs.pipeline import model_of

    key = Key.root(args.seed).fold("solve")
    with progress_console().status(f"loading {args.model}"):
        policy = Checkpoint(str(model_of(args.model)))(key)
        policy.model.to("cuda" if torch.cuda.is_available() else "cpu")
    engine = TorchEngine(policy)
    prompt = engine.encode(args.problem)
    started = time.perf_counter()
    with progress_console().status("thinking"):
        drawn = engine.generate([Request(prompt, key.fold(i)) for i in range(args.samples)], decoding)
    seconds = time.perf_counter() - started
    responses = [{**parts(engine.decode(c.tokens)), "finish": c.finish, "tokens": len(c.tokens), "logprob": sum(c.logprobs)} for c in drawn]
    if args.json:
        emit_json({"model": args.model, "problem": args.problem, "prompt_tokens": len(prompt), "seconds": seconds, "responses": responses})
        return 0
    for i, response in enumerate(responses):
        if args.samples > 1:
            console().rule(f"{i + 1} of {args.samples}")
        console().print(styled(str(response["text"])))
        if response["finish"] == "length":
            full = len(prompt) + len(drawn[i].tokens) >= engine.context
            remedy = f"the model's context of {engine.context} tokens is full" if full else "--max-tokens allows more"
            console().print(f"[yellow]cut off after {response['tokens']} tokens; {remedy}[/yellow]")
    return 0


def parts(text: str) -> dict[str, str | None]:
    """The response and what can be told apart in it: thinking (in think tags, one tag may be missing) and answer (in answer tags)."""
    thinking, answer = _thinking(text), _answer(text)
    return {"text": text, "thinking": text[slice(*thinking)].strip() if thinking else None, "answer": answer["answer"].strip() if answer else None}


def _answer(text: str) -> re.Match[str] | None:
    """The last answer after the thinking, as verifiers read it; what the thinking tries is none."""
    thinking = _thinking(text)
    return next(reversed(list(ANSWER.finditer(text, thinking[1] if thinking else 0))), None)


def _thinking(text: str) -> tuple[int, int] | None:
    """Where the thinking is. A chat template may have opened the tag in the prompt, so a lone end tag counts as well."""
    opened, closed = text.find("<think>"), text.rfind("</think>")
    if opened < 0 and closed < 0:
        return None
    return (opened + len("<think>") if opened >= 0 else 0, closed if closed >= 0 else len(text))


def styled(text: str) -> Text:
    """The response for a terminal: thinking dimmed, answer bold."""
    from rich.text import Text

    out = Text(text)  # a Text, not markup: "[/b]" in a response is only text
    thinking, answer = _thinking(text), _answer(text)
    if thinking:
        out.stylize("dim", *thinking)
    if answer:
        out.stylize("bold", *answer.span("answer"))
    return out
