"""Which weights learn: all of them, or low-rank additions."""

from __future__ import annotations

from dataclasses import dataclass

from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.models.base import Adapter
from menolab.models.policy import Policy


@dataclass(frozen=True)
class Full(Adapter):
    """Every weight learns: the null piece of its family."""

    def __call__(self, policy: Policy, key: Key) -> Policy:
        policy.model.requires_grad_(True)
        return policy


@dataclass(frozen=True)
class LoRA(Adapter):
    """Low-rank adapters: a frozen W becomes W + (alpha / rank) B A, with A random and B zero, so that the start is the model itself.

    Source: arXiv:2106.09685, section 4.1, through peft. Left out: dropout (the sampler and the learner must be one distribution), biases.
    """

    paper = "arXiv:2106.09685, section 4.1"
    rank: int = 8
    alpha: float = 16.0
    targets: tuple[str, ...] = ()
    """Endings of module names, e.g. ("q_proj", "v_proj"); empty for every linear layer but the head."""

    def __post_init__(self) -> None:
        check_range("rank", self.rank, 1)
        check_range("alpha", self.alpha, 0.0, open_low=True)

    def __call__(self, policy: Policy, key: Key) -> Policy:
        """The policy with adapters injected into its model (in place); only they have `requires_grad`.

        Raises:
            BadInput: no layer is named so, or the policy has adapters already.
        """
        import torch
        from peft import LoraConfig, get_peft_model
        from transformers.pytorch_utils import Conv1D

        if hasattr(policy.model, "peft_config"):
            raise BadInput("adapter", self, "the policy has an adapter already; save it merged and load that")
        names = {name for name, module in policy.model.named_modules() if isinstance(module, (torch.nn.Linear, Conv1D))}
        for target in self.targets:
            if not any(name == target or name.endswith("." + target) for name in names):
                raise BadInput("targets", target, f"no linear layer is named so; known: {', '.join(sorted({n.rpartition('.')[2] for n in names}))}")
        targets = list(self.targets) or "all-linear"
        config = LoraConfig(task_type="CAUSAL_LM", r=self.rank, lora_alpha=self.alpha, target_modules=targets, lora_dropout=0.0)  # type: ignore[arg-type]
        was_training = policy.model.training
        with torch.random.fork_rng(devices=[]):  # peft draws A from the CPU's global generator
            torch.default_generator.manual_seed(key.torch_seed())
            model = get_peft_model(policy.model, config)
        return Policy(model.train(was_training), policy.tokenizer, policy.chat)
