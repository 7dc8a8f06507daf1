#!/usr/bin/env python3
"""Steps of TRL's GRPOTrainer on menolab's workload; prints one JSON line. Run by `meno bench step`, alone with:

    python benchmarks/trl_step.py '{"folder": F, "prompts": 32, "group": 8, "max_tokens": 128, "lengths": "ragged", "dtype": "float32",
                                    "device": "cpu", "threads": 0, "reward": "digits", "steps": 5, "warmup": 2}'

F holds model/ (a Hugging Face folder with tokenizer) and problems.jsonl ({"prompt", "answer"}). Settings that only cost time are off: gradient
checkpointing, the reference model (beta 0), saving, reporting. One update a batch of rollouts, 32 sequences a forward pass. bfloat16 is autocast over
float32 weights, as with TRL's `bf16=True`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch
import transformers
import trl
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback

from menolab.bench.clock import Moment, others
from menolab.bench.memory import peak_device, peak_rss

MICRO_BATCH = 32


class Spent:
    """Seconds in what is wrapped, and tokens, since the last step."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.now: dict[str, float] = {"sample": 0.0, "verify": 0.0, "tokens": 0.0}

    def wrap(self, function: Any, name: str) -> Any:
        def timed(*args: Any, **kwargs: Any) -> Any:
            begin = time.perf_counter()
            result = function(*args, **kwargs)
            if name == "sample" and torch.cuda.is_available():
                torch.cuda.synchronize()
            self.now[name] += time.perf_counter() - begin
            return result

        timed.__name__ = getattr(function, "__name__", name)
        return timed


class Steps(TrainerCallback):
    """From the end of one step to the end of the next: everything counts."""

    def __init__(self, spent: Spent) -> None:
        self.spent, self.last, self.rows = spent, Moment.now(), []

    def on_step_end(self, *args: Any, **kwargs: Any) -> None:
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        now = Moment.now()
        seconds = now.wall - self.last.wall
        update = seconds - self.spent.now["sample"] - self.spent.now["verify"]
        self.rows.append({"seconds": seconds, "others": others(self.last, now), "update": update, **self.spent.now})
        self.last = now
        self.spent.clear()


def main(given: dict[str, Any]) -> None:
    folder = Path(given["folder"])
    if given["threads"]:
        torch.set_num_threads(given["threads"])
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    tokenizer = AutoTokenizer.from_pretrained(folder / "model")
    model: Any = AutoModelForCausalLM.from_pretrained(folder / "model", dtype=torch.float32)
    data = Dataset.from_list([json.loads(line) for line in (folder / "problems.jsonl").read_text().splitlines()])
    spent = Spent()
    model.generate = spent.wrap(model.generate, "sample")

    def right(completions: list[str], completion_ids: list[list[int]], answer: list[str], **_: Any) -> list[float]:
        spent.now["tokens"] += sum(map(len, completion_ids))
        return [float(text.rsplit("=", 1)[-1].strip() == wanted) for text, wanted in zip(completions, answer, strict=True)]

    def digits(completions: list[str], **_: Any) -> list[float]:
        return [sum(c.isdigit() for c in text) / max(1, len(text)) for text in completions]

    terms = [right, digits] if given["reward"] == "digits" else [right]
    rollouts = given["prompts"] * given["group"]
    micro = min(MICRO_BATCH, rollouts)
    if rollouts % micro:
        sys.exit(f"{rollouts} rollouts are not whole batches of {micro}")
    config = trl.GRPOConfig(
        output_dir=str(folder / "trl"),
        use_cpu=given["device"] == "cpu",
        bf16=given["dtype"] == "bfloat16",
        max_steps=given["warmup"] + given["steps"],
        learning_rate=1e-6,
        lr_scheduler_type="constant",
        per_device_train_batch_size=micro,
        gradient_accumulation_steps=rollouts // micro,
        num_generations=given["group"],
        max_completion_length=given["max_tokens"],
        generation_kwargs={"min_new_tokens": given["max_tokens"]} if given["lengths"] == "fixed" else None,
        temperature=1.0,
        top_k=0,
        beta=0.0,
        loss_type="grpo",
        reward_weights=[1.0, 0.1][: len(terms)],
        gradient_checkpointing=False,
        save_strategy="no",
        report_to="none",
        logging_steps=10**6,
        disable_tqdm=True,
    )
    steps = Steps(spent)
    verify = [spent.wrap(term, "verify") for term in terms]
    trainer = trl.GRPOTrainer(model=model, reward_funcs=verify, args=config, train_dataset=data, processing_class=tokenizer, callbacks=[steps])
    trainer.train()
    found = {
        "rows": steps.rows[given["warmup"] :],
        "threads": torch.get_num_threads(),
        "peak_rss_bytes": peak_rss(),
        "peak_device_bytes": peak_device(given["device"]),
        "versions": {"trl": trl.__version__, "transformers": transformers.__version__, "torch": torch.__version__},
    }
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
