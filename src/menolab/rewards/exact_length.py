"""Penalty for missing the length that was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import BadInput, check_range
from menolab.records import Group
from menolab.rewards.reward import Reward, limit_of


@dataclass(frozen=True)
class ExactLength(Reward):
    """-alpha |n_gold - n_y| / limit, with n_gold the tokens that the prompt asks for and n_y those drawn. Added to `Accuracy`.

    Aggarwal and Welleck 2025 (LCPO-Exact), arXiv:2503.04697: r = 1[right] - alpha |n_gold - n_y| with alpha = 3e-4 a token under a limit of 4096, which
    is 1.23 a limit. The prompt is the work of `Budgeted`.
    """

    catalogue = "l1-exact"
    paper = "arXiv:2503.04697"

    alpha: float = 1.23

    def __post_init__(self) -> None:
        check_range("alpha", self.alpha, 0.0)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        asked, limit = asked_of(group, self), limit_of(group, self)
        return [-self.alpha * abs(asked - r.length) / limit for r in group.rollouts]


def asked_of(group: Group, term: Reward) -> int:
    """The tokens that the prompt of this group asks for.

    Raises:
        BadInput: it asks for none.
    """
    if group.asked is None:
        raise BadInput("group.asked", None, f"{type(term).__name__} needs a prompt that asks for a length; use the sampler Budgeted")
    return group.asked
