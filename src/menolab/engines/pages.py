"""Which pages of keys and values are free, and how many rows name each of the others."""

from __future__ import annotations

import torch


class Pages:
    """A stack of free pages: what was given back last is taken first, while it is still in the cache. Mutable."""

    def __init__(self, count: int):
        self._stack = torch.arange(count - 1, -1, -1, dtype=torch.int32)
        self.left = count
        """How many are free."""
        self.users = torch.zeros(count, dtype=torch.int32)
        """[pages]: rows that name each page."""

    @property
    def free(self) -> torch.Tensor:
        """The free pages, int32; the last is taken first."""
        return self._stack[: self.left]

    def take(self, count: int) -> torch.Tensor:
        """Pages that are nobody's, int32 [count]; `use` says whose they are, or `put_back` that they are not needed after all."""
        self.left -= count
        assert self.left >= 0, "more pages were asked for than there are"
        return self._stack[self.left : self.left + count].clone()

    def put_back(self, pages: torch.Tensor) -> None:
        """Pages that no row names are free again."""
        self._stack[self.left : self.left + len(pages)] = pages
        self.left += len(pages)

    def use(self, pages: torch.Tensor) -> None:
        """One more row for each; a page may stand here several times."""
        self.users.index_add_(0, pages, torch.ones_like(pages))

    def leave(self, pages: torch.Tensor) -> None:
        """One row less for each; those that no row names any more are free."""
        self.users.index_add_(0, pages, torch.full_like(pages, -1))
        self.put_back((named := pages.unique())[self.users[named] == 0])
