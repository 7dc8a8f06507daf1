"""What has been drawn so far, as the sampler keeps it."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from menolab.engines.draw import check_finite
from menolab.engines.steering import SoFar
from menolab.engines.stops import StopStrings
from menolab.records import Completion


class Drawn:
    """The tokens of many requests, filled in as they come. Mutable."""

    def __init__(self, limits: Sequence[int], ends: Sequence[int], stops: StopStrings | None, device: torch.device):
        """`limits`: most tokens of each request. `ends`: token ids that end a response."""
        count, longest = len(limits), max(limits, default=0)
        self.limit_B = torch.tensor(list(limits), dtype=torch.long, device=device)
        self.tokens_BT = torch.zeros(count, longest, dtype=torch.long, device=device)
        self.logprobs_BT = torch.zeros(count, longest, device=device)
        self.forced_BT = torch.zeros(count, longest, dtype=torch.bool, device=device)
        self.length_B = torch.zeros_like(self.limit_B)
        self.stopped_B = torch.zeros_like(self.limit_B, dtype=torch.bool)
        self.ends = torch.tensor(list(ends), dtype=torch.long, device=device)
        self.stops = stops

    def so_far(self, who_R: torch.Tensor) -> SoFar:
        """What the rows of these requests have drawn."""
        return SoFar(who_R, self.length_B[who_R], self.tokens_BT)

    def add(self, who_R: torch.Tensor, live_R: torch.Tensor, token_R: torch.Tensor, logprob_R: torch.Tensor, forced_R: torch.Tensor | None) -> torch.Tensor:
        """One more token for each row; `who_R` says which request a row is. Returns the rows still live; what finished rows drew is not counted.

        Nothing here waits for the device, unless there are stop strings.
        """
        at_R = self.length_B[who_R].clamp(max=self.tokens_BT.shape[1] - 1)
        # A finished row writes once more what it holds, so that no step has to ask how many rows are live.
        self.tokens_BT[who_R, at_R] = torch.where(live_R, token_R, self.tokens_BT[who_R, at_R])
        self.logprobs_BT[who_R, at_R] = torch.where(live_R, logprob_R, self.logprobs_BT[who_R, at_R])
        if forced_R is not None:
            self.forced_BT[who_R, at_R] |= live_R & forced_R
        length_R = self.length_B[who_R] + live_R
        self.length_B[who_R] = length_R
        stop_R = torch.isin(token_R, self.ends)
        if self.stops is not None:
            stop_R = stop_R | self._hits(self.stops, who_R, token_R, length_R)
        self.stopped_B[who_R] |= live_R & stop_R
        return live_R & ~stop_R & (length_R < self.limit_B[who_R])

    def _hits(self, stops: StopStrings, who_R: torch.Tensor, token_R: torch.Tensor, length_R: torch.Tensor) -> torch.Tensor:
        who, length = who_R.tolist(), length_R.tolist()

        def tail(r: int) -> list[int]:
            return self.tokens_BT[who[r], max(0, length[r] - stops.reach) : length[r]].tolist()

        return torch.from_numpy(stops.hits(token_R.cpu().numpy(), tail)).to(token_R.device)

    def completions(self) -> list[Completion]:
        """Raises:
        RunFailed: see `check_finite`.
        """
        check_finite(self.logprobs_BT)
        told = zip(*(x.tolist() for x in (self.tokens_BT, self.logprobs_BT, self.forced_BT, self.length_B, self.stopped_B)), strict=True)
        return [
            Completion(tuple(tokens[:n]), tuple(logprobs[:n]), "stop" if stopped else "length", tuple(t for t in range(n) if forced[t]))
            for tokens, logprobs, forced, n, stopped in told
        ]
