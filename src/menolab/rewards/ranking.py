"""Reward for ranking passages."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import BadInput, check_range
from menolab.records import Group
from menolab.rewards.reward import Reward

_ID = re.compile(r"[0-9]+")


@dataclass(frozen=True)
class Ranking(Reward):
    """NDCG@depth + 0.2 recall@depth + 0.1 RBO against the gold list; 0 if the ids are no permutation of it, -1 without an answer.

    Liu et al. 2025 (ReasonRank), as in the authors' code: relevance is 0 or 1; recall is the share of the relevant passages among the first `depth`;
    RBO is the average overlap with the gold list, mean over d of |first d of both| / d, which is what the library they call computes at its default
    p = 1 (a ranking cannot do without its tail). The code lets a list pass whose ids are as many as the gold ones; here they must be the gold ones.

    The gold list is the problem's answer ("[2] > [1] > [3]": whole numbers in order, anything between them), the relevant ids are `facts["relevant"]`,
    or, where the facts name none, the first of the gold list. The response's list is the answer that the verifier extracted.
    """

    paper = "8421BCD/ReasonRank, verl/utils/reward_score/ranking.py"
    catalogue = "reasonrank"

    depth: int = 10
    recall: float = 0.2
    """Weight of the recall."""
    overlap: float = 0.1
    """Weight of the RBO."""

    def __post_init__(self) -> None:
        check_range("depth", self.depth, 1)
        check_range("recall", self.recall, 0.0)
        check_range("overlap", self.overlap, 0.0)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        gold = ids(group.problem.answer)
        relevant = frozenset(map(str, group.problem.facts.get("relevant", gold[:1])))
        if not relevant <= set(gold):
            raise BadInput("facts.relevant", sorted(relevant), f"must be among the ids of the gold list {' '.join(gold[:20])}")
        answers = [None if r.verdict is None else r.verdict.extracted for r in group.rollouts]
        return [-1.0 if answer is None else self._worth(ids(answer), gold, relevant) for answer in answers]

    def _worth(self, found: list[str], gold: list[str], relevant: frozenset[str]) -> float:
        if sorted(found) != sorted(gold):
            return 0.0
        first = found[: self.depth]
        recall = sum(i in relevant for i in first) / len(relevant) if relevant else 0.0
        return ndcg(first, relevant) + self.recall * recall + self.overlap * average_overlap(found, gold)


def ids(text: str) -> list[str]:
    """The whole numbers of a text, in order."""
    return [str(int(i)) if len(i) <= 18 else i for i in _ID.findall(text)]


def ndcg(first: Sequence[str], relevant: frozenset[str]) -> float:
    """Discounted gain of the relevant ones among the first, 1 / log2(1 + place) each, over that of the best order; 0 where nothing is relevant.

    Järvelin and Kekäläinen 2002, with relevance 0 or 1.
    """
    gain = math.fsum(1.0 / math.log2(2 + i) for i, each in enumerate(first) if each in relevant)
    best = math.fsum(1.0 / math.log2(2 + i) for i in range(min(len(relevant), len(first))))
    return gain / best if best else 0.0


def average_overlap(a: Sequence[str], b: Sequence[str]) -> float:
    """Mean over depths d = 1 .. n of the share that the first d of both lists have in common. Webber et al. 2010, eq. 4; 1 for two empty lists."""
    both: list[float] = []
    seen: tuple[set[str], set[str]] = (set(), set())
    for d, (x, y) in enumerate(zip(a, b, strict=False), 1):
        seen[0].add(x)
        seen[1].add(y)
        both.append(len(seen[0] & seen[1]) / d)
    return math.fsum(both) / len(both) if both else 1.0
