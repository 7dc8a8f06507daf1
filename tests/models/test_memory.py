"""Memory that a device has left."""

from __future__ import annotations

import torch

from menolab.models.memory import free_bytes


def test_some_but_not_more_than_a_machine_could_have():
    assert 2**20 < free_bytes(torch.device("cpu")) < 2**50
