from __future__ import annotations

from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.sandbox.level import LEVELS, UNTRUSTED, Offer, at_least, check_level, library, look, refuse_below, visible


def offer(landlock: int, seccomp: bool, namespaces: str) -> Offer:
    return Offer("linux", "6", "x86_64", landlock, seccomp, namespaces, False, ())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("landlock", "seccomp", "namespaces", "level"),
    [
        (7, True, "own", "contained"), (0, True, "bubblewrap", "contained"), (3, True, "", "filtered"), (2, True, "", "process"), (7, False, "own", "process"),
        (0, False, "", "process"),
    ],
)  # fmt: skip
def test_level_follows_from_what_is_there(landlock: int, seccomp: bool, namespaces: str, level: str) -> None:
    assert offer(landlock, seccomp, namespaces).level == level


def test_levels_are_ordered_and_untrusted_is_one() -> None:
    assert list(LEVELS) == ["process", "filtered", "contained"] and UNTRUSTED == "filtered"
    assert at_least("contained", "process") and at_least("filtered", "filtered") and not at_least("process", "filtered")
    with pytest.raises(BadInput, match="did you mean filtered"):
        check_level("level", "filterd")
    refuse_below("contained", "filtered", "why", ())
    with pytest.raises(BadInput, match="no Landlock"):
        refuse_below("process", "filtered", "untrusted programs need", ("no Landlock",))


def test_what_programs_see_holds_the_library_and_nothing_of_ours() -> None:
    paths = [Path(path) for path in visible()]
    assert any(Path(library()).is_relative_to(path) for path in paths)
    assert not any(Path(__file__).is_relative_to(path) or Path.home() == path or str(path) in ("/", "/etc", "/proc", "/tmp", "/var") for path in paths)
    assert not any(a != b and a.is_relative_to(b) for a in paths for b in paths)


def test_another_system_offers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    assert look().level == "process" and "Linux" in look().notes[0]
