"""Credit of a token given its prefix, from the tree of the group's responses."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage
from menolab.records import Batch


@dataclass
class _Node:
    """A prefix that some responses of the group share. Mutable while the trie is built."""

    total: float = 0.0
    count: int = 0


@dataclass(frozen=True)
class PrefixMatch(Advantage):
    """A(p, t) = mean reward of the responses that continue prefix p with token t, minus that of all that share p and go on; replaces the credit.

    Lee and Tong 2025 (T-SPMO), arXiv:2504.20834. The loss counts each distinct (p, t) once: where c responses share it, each carries A / c, so a
    sum over tokens (`SequenceSum`) is the paper's sum over pairs. Where nobody branches the advantage is exactly 0. Responses that end at p do not
    count there (with an end token in the response only those cut off do).
    """

    paper = "arXiv:2504.20834"

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        found_BT = torch.zeros(credit_BT.shape, dtype=torch.float64)
        groups: dict[int, list[int]] = {}
        for b, (g, nan) in enumerate(zip(batch.group_B.tolist(), batch.reward_B.isnan().tolist(), strict=True)):
            if not nan:
                groups.setdefault(g, []).append(b)
        for own in groups.values():
            self._fill(found_BT, batch, own)
        return found_BT.to(credit_BT.device).float()

    def _fill(self, found_BT: torch.Tensor, batch: Batch, own: list[int]) -> None:
        """One group. Prefixes are numbered on the way, so that a response costs its length and not its square."""
        responses = [batch.tokens_BT[b][batch.mask_BT[b]].tolist() for b in own]
        first = float(batch.reward_B[own[0]])
        rewards = [float(batch.reward_B[b]) - first for b in own]  # deviations, so that equal rewards cancel exactly
        numbers: dict[tuple[int, int], int] = {}
        nodes: list[_Node] = []  # of the pair (p, t)
        sharing: dict[int, _Node] = {}  # of all that go on from p
        walks: list[list[tuple[int, int]]] = []
        for tokens, reward in zip(responses, rewards, strict=True):
            prefix, walk = -1, []
            for token in tokens:
                pair = numbers.setdefault((prefix, token), len(nodes))
                if pair == len(nodes):
                    nodes.append(_Node())
                for node in (nodes[pair], sharing.setdefault(prefix, _Node())):
                    node.total += reward
                    node.count += 1
                walk.append((prefix, pair))
                prefix = pair
            walks.append(walk)
        for b, walk in zip(own, walks, strict=True):
            for t, (prefix, pair) in enumerate(walk):
                node, all_ = nodes[pair], sharing[prefix]
                if node.count < all_.count:
                    found_BT[b, t] = (node.total / node.count - all_.total / all_.count) / node.count
