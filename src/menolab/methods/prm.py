"""The process reward model of Math-Shepherd."""

from __future__ import annotations

from menolab.judges.step_labels import ByCompletions
from menolab.pieces import published
from menolab.stages.process_supervised import ProcessSupervised


@published(paper="arXiv:2312.08935", catalogue="prm", claim="Scores of steps select better solutions; it is no solver.")
def prm(completions: int = 8, soft: bool = False) -> ProcessSupervised:
    """A process reward model whose labels are completions that came out right, by the policy's own hand; the result judges as `ProcessReward`.

    Wang et al. 2024, "Math-Shepherd: Verify and Reinforce LLMs Step-by-step without Human Annotations", arXiv:2312.08935, with N = 8 and hard labels as in
    their main experiments (as reported; the text was read in excerpts). Steps end with a line.
    """
    return ProcessSupervised(labels=ByCompletions(completions, soft))
