"""What every present and future piece goes through, found by walking the families."""

from __future__ import annotations

import dataclasses
import inspect
import json
import pickle
from typing import Any

import pytest

import menolab.pieces as pieces
from menolab.errors import BadInput
from menolab.losses.aggregation import SequenceMean, TokenMean
from menolab.losses.loss import Loss
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.surrogate import Clip, Surrogate
from menolab.pieces import Piece, all_needs, catalogue, family_of, find, from_data, published_names, subclasses, swap, to_data, to_json

pieces.import_rooms()
CLASSES = sorted((c for c in subclasses(Piece) if not inspect.isabstract(c) and c.__module__.startswith("menolab.")), key=lambda c: c.__name__)
MAKERS = published_names(Piece)


def _default(cls: type) -> Any:
    try:
        return cls()
    except (TypeError, BadInput):
        pytest.skip(f"{cls.__name__} has fields without usable defaults; its own test covers it")


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_is_a_frozen_dataclass_that_nobody_subclasses(cls: type) -> None:
    assert dataclasses.is_dataclass(cls) and cls.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert not [c for c in cls.__subclasses__() if c.__module__.startswith("menolab.")], "a leaf is final: wrap it instead"
    assert cls.__dict__.get("__doc__"), "say what it is"
    assert callable(cls) and len(pieces.summary(cls)) > 10


@pytest.mark.parametrize("thing", [*CLASSES, *MAKERS.values()], ids=lambda t: t.__name__)
def test_is_a_value(thing: Any) -> None:
    """Equal to itself rebuilt, hashable, picklable, JSON and back, and its repr is its source."""
    piece = _default(thing) if isinstance(thing, type) else thing()
    again = thing()
    assert piece == again and hash(piece) == hash(again)
    assert pickle.loads(pickle.dumps(piece)) == piece
    assert from_data(json.loads(to_json(piece))) == piece
    names = {c.__name__: c for c in CLASSES} | {type(piece).__name__: type(piece)}  # a task and the study made of it may share a name
    assert eval(repr(piece), names) == piece


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_every_field_counts(cls: type) -> None:
    """A piece with another value in a number field is another piece, and that survives the round trip."""
    piece = _default(cls)
    for field in dataclasses.fields(cls):
        value = getattr(piece, field.name)
        if type(value) not in (int, float):
            continue
        for other in (value + 1, value / 2 if isinstance(value, float) else value - 1):
            try:
                changed = dataclasses.replace(piece, **{field.name: other})
            except BadInput:
                continue
            assert changed != piece and from_data(to_data(changed)) == changed
            break


def test_published_names_cite_a_paper() -> None:
    assert {"grpo", "dr_grpo", "rloo", "reinforce", "tina"} <= set(MAKERS)
    for row in catalogue():
        if row["id"] in MAKERS and row["family"] == "Stage":
            assert row["paper"], row["id"]


def test_catalogue_rows_are_json_and_name_real_tests() -> None:
    rows = catalogue()
    json.dumps(rows, allow_nan=False)
    assert len({(row["family"], row["id"]) for row in rows}) == len(rows)
    assert {"id", "family", "module", "summary", "paper", "catalogue", "defaults", "test"} <= set(rows[0])
    assert all(row["test"] is None or (pieces.CHECKOUT / row["test"]).exists() for row in rows)
    assert all(row["test"] for row in rows if row["family"] in ("Loss", "Advantage", "Reward", "Task", "Verifier")), "a piece without a test"
    assert {row["family"] for row in catalogue("surrogate")} == {"Surrogate"}
    with pytest.raises(BadInput, match="did you mean Surrogate"):
        catalogue("surogate")


def test_find_forgives_case_and_hyphens_and_suggests() -> None:
    assert find(Surrogate, "clip") == Clip()
    assert find(pieces.family_of(type(MAKERS["dr_grpo"]())), "dr-grpo") == MAKERS["dr_grpo"]()
    with pytest.raises(BadInput, match="did you mean Clip"):
        find(Surrogate, "Clp")


def test_swap_replaces_parts_at_any_depth() -> None:
    method = MAKERS["grpo"]()
    assert swap(method, "loss.aggregate", "TokenMean").loss.aggregate == TokenMean()
    assert method.loss.aggregate == SequenceMean(), "the original is untouched"
    both = swap(method, "rewards", "AnswerFormat,Accuracy")
    assert [type(r).__name__ for r in both.rewards] == ["AnswerFormat", "Accuracy"]
    assert type(swap(both, "rewards.0", "Accuracy").rewards[0]).__name__ == "Accuracy"
    assert type(swap(method, "advantage", "LeaveOneOut").advantage).__name__ == "LeaveOneOut"


@pytest.mark.parametrize(
    ("path", "name", "message"),
    [
        ("los.aggregate", "TokenMean", "did you mean loss"),
        ("loss.aggregat", "TokenMean", "did you mean aggregate"),
        ("loss.aggregate", "Clip", "known: .*LimitMean"),
        ("epochs", "3", "set it with --epochs 3"),
        ("rewards.4", "Accuracy", "entries 0 to 0"),
        ("weights.0", "Accuracy", "weights is empty"),
        ("epochs.x", "3", "has no parts"),
    ],
)
def test_swap_says_what_is_wrong(path: str, name: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        swap(MAKERS["grpo"](), path, name)


def test_saved_recipes_cannot_build_anything_else() -> None:
    code = ({"@": "os:system"}, {"@": "subprocess:Popen", "args": ["true"]}, {"@": "menolab.__main__:x"})
    for bad in (*code, {"@": "menolab.keys:Key", "path": []}, {"@": "menolab.losses.nowhere:X"}, {}):
        with pytest.raises(BadInput):
            from_data(bad)
    data = to_data(Clip()) | {"hihg": 0.3}
    with pytest.raises(BadInput, match="did you mean high"):
        from_data(data)


def test_needs_are_gathered_from_all_parts() -> None:
    from menolab.losses.penalty import KLToReference

    assert all_needs(PolicyLoss(penalty=KLToReference())) == {"reference_logprobs"}
    assert all_needs((PolicyLoss(), 3, ())) == frozenset()
    assert family_of(PolicyLoss) is Loss


def test_compiled_losses_are_reused_for_equal_values() -> None:
    """An equal piece built anew is the same dictionary key, so caches keyed by pieces hit."""
    assert {PolicyLoss(): 1}[PolicyLoss()] == 1
