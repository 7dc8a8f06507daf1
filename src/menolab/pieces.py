"""What a piece is: a frozen dataclass you call.

A piece's fields are its hyper-parameters (numbers, strings, booleans, None, tuples, other pieces); calling it does the work; it holds no
hidden state. So a piece compares, hashes, prints as its own source, pickles, and goes to JSON and back unchanged, and a recipe made of pieces
*is* its own configuration. A family is an abstract base (`Loss`, `Reward`, `Task` ...), its members are leaves that nobody subclasses.

    save:   to_data(piece)   -> {"@": "menolab.losses.clip:Clip", "low": 0.2, "high": 0.28}
    load:   from_data(data)  -> an equal piece
    find:   find(Surrogate, "Clip")        a class or a published name, with suggestions for a typo
    swap:   swap(recipe, "loss.surrogate", "Clip")
    list:   catalogue()

Nothing is registered by hand: families are found by walking subclasses, published names by walking the package's modules.
"""

from __future__ import annotations

import abc
import dataclasses
import functools
import importlib
import inspect
import json
import pkgutil
import re
import sys
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from menolab.errors import BadInput, check_range, unknown

MOVED: dict[str, str] = {}
"""Old class path -> new one, for saved recipes. Add a row when a class moves; tests load one stored recipe per release."""


class Piece(abc.ABC):
    """Base of every piece. Subclass a family, not this."""

    catalogue: ClassVar[str | tuple[str, ...]] = ()
    """Ids of the catalogue rows that this piece implements."""
    paper: ClassVar[str] = ""
    """Where it comes from: "arXiv:2402.03300, eq. 3"."""
    needs: ClassVar[frozenset[str]] = frozenset()
    """What the loop must compute for it beyond the usual: {"reference_logprobs", "values", "logits_stats"}."""


Maker = Callable[..., Piece]
M = typing.TypeVar("M", bound=Maker)


def published(*, paper: str, catalogue: str | tuple[str, ...] = (), claim: str = "", effect: str = "") -> Callable[[M], M]:
    """Mark a function that returns a composition of pieces as a published name, e.g. `grpo() -> Method`.

    The function's name is the published name, its docstring the paper's docstring, its return annotation the family.

    Args:
        claim: what the paper says of it, in a sentence.
        effect: the claim as the ledger can test it against GRPO: a metric and a direction, "pass@1 up" or "length down"; empty where it claims none.
    """

    def mark(maker: M) -> M:
        maker.__published__ = {"paper": paper, "catalogue": catalogue, "claim": claim, "effect": effect}  # type: ignore[attr-defined]
        return maker

    return mark


# ---- finding pieces -------------------------------------------------------------------------------------------------------------------------


@functools.cache
def import_rooms(package: str = "menolab") -> tuple[types.ModuleType, ...]:
    """Import every module of the package, so that walking subclasses sees them all. Takes torch along; cached."""
    root = importlib.import_module(package)
    names = sorted(m.name for m in pkgutil.walk_packages(root.__path__, f"{package}.") if not m.name.endswith("__main__"))
    return tuple(importlib.import_module(name) for name in names)


def subclasses(base: type) -> Iterator[type]:
    """Every class below `base`, once each."""
    seen = set()
    stack = [base]
    while stack:
        for child in stack.pop().__subclasses__():
            if child not in seen:
                seen.add(child)
                stack.append(child)
                yield child


def family_of(cls: type) -> type:
    """The family a piece class belongs to: its ancestor just below `Piece`."""
    line = [c for c in cls.__mro__ if issubclass(c, Piece) and c is not Piece]
    return line[-1]


def members(family: type) -> dict[str, type]:
    """The concrete classes of a family by name, those of the package and those of any imported plug-in."""
    import_rooms()
    own = [family, *subclasses(family)]
    return {c.__name__: c for c in sorted(own, key=lambda c: c.__name__) if not inspect.isabstract(c) and dataclasses.is_dataclass(c)}


def published_names(family: type) -> dict[str, Maker]:
    """The published names whose return annotation is `family` (or a member of it)."""
    return {name: maker for name, maker, result in _published() if issubclass(result, family)}


@functools.cache
def _published() -> list[tuple[str, Maker, type]]:
    """Every published name, its maker and what it returns, by name."""
    found = []
    for module in import_rooms():
        for name, maker in vars(module).items():
            if hasattr(maker, "__published__") and maker.__module__ == module.__name__:
                result = typing.get_type_hints(maker).get("return")
                if isinstance(result, type):
                    found.append((name, maker, result))
    return sorted(found, key=lambda row: row[0])


def plain_name(name: str) -> str:
    """Names match without regard to case, hyphens and underscores: dr-grpo, dr_grpo and DrGrpo are one."""
    return re.sub(r"[-_]", "", name).lower()


def find(family: type, name: str, field: str | None = None) -> Piece:
    """The member of `family` called `name`, with its defaults: a published name or a class name.

    Raises:
        BadInput: no such name (with the nearest ones), or a class whose fields have no defaults.
    """
    makers: dict[str, Callable[..., Any]] = {**members(family), **published_names(family)}
    by_plain = {plain_name(known): maker for known, maker in makers.items()}
    field = field or family.__name__.lower()
    if plain_name(name) not in by_plain:
        raise unknown(field, name, makers)
    maker = by_plain[plain_name(name)]
    try:
        return maker()
    except TypeError as error:
        raise BadInput(field, name, f"it has fields without defaults; write them in Python ({error})") from error


def all_needs(piece: Any) -> frozenset[str]:
    """What a piece and all its parts need."""
    if isinstance(piece, tuple):
        return frozenset().union(*(all_needs(part) for part in piece))
    if not isinstance(piece, Piece):
        return frozenset()
    assert dataclasses.is_dataclass(piece)
    return piece.needs.union(*(all_needs(getattr(piece, f.name)) for f in dataclasses.fields(piece)))


# ---- swapping parts -------------------------------------------------------------------------------------------------------------------------


def _slot_family(owner: Any, name: str) -> type | None:
    """The family that field `name` of `owner` accepts, or None if it is not a slot for a piece."""
    hint = typing.get_type_hints(type(owner))[name]
    for option in typing.get_args(hint) or (hint,):
        if isinstance(option, type) and issubclass(option, Piece):
            return family_of(option)
    return None


def swap(piece: Any, path: str, name: str) -> Any:
    """A copy of `piece` in which the part at the dotted `path` is the member of its family called `name`.

    Tuple entries are numbered (``rewards.0``); a whole tuple is given as a comma-separated list of names (``rewards=Accuracy,Format``).

    Raises:
        BadInput: no such field, not a slot for a piece, or no such member.
    """
    head, _, rest = path.partition(".")
    known = {f.name: getattr(piece, f.name) for f in dataclasses.fields(piece)}
    if head not in known:
        raise unknown("part", head, known)
    value = known[head]
    if isinstance(value, tuple) and rest:
        index, _, deeper = rest.partition(".")
        if not index.isdigit() or int(index) >= len(value):
            raise BadInput(path, index, f"{head} has entries 0 to {len(value) - 1}" if value else f"{head} is empty")
        if not isinstance(value[int(index)], Piece):
            raise BadInput(path, name, f"{head} holds values, not pieces; set them with --{head.replace('_', '-')}")
        i = int(index)
        entry = swap(value[i], deeper, name) if deeper else find(family_of(type(value[i])), name, path)
        new: Any = (*value[:i], entry, *value[i + 1 :])
    elif rest:
        if not dataclasses.is_dataclass(value):
            raise BadInput(path, name, f"{head} is a {type(value).__name__}, which has no parts; set it with --{head}")
        new = swap(value, rest, name)
    else:
        family = _slot_family(piece, head)
        if family is None:
            raise BadInput(path, name, f"{head} takes a value, not a piece; set it with --{head.replace('_', '-')} {name}")
        new = tuple(find(family, n, path) for n in name.split(",") if n) if isinstance(value, tuple) else find(family, name, path)
    return dataclasses.replace(piece, **{head: new})


# ---- saving and loading ---------------------------------------------------------------------------------------------------------------------


def to_data(value: Any, field: str = "value") -> Any:
    """JSON data for a piece (or a number, string, bool, None, tuple): fields beside the class path.

    Raises:
        BadInput: NaN or an infinity, which JSON lacks; `field` is what it is called.
    """
    if isinstance(value, Piece):
        assert dataclasses.is_dataclass(value)
        own = {f.name: to_data(getattr(value, f.name), f"{type(value).__name__}.{f.name}") for f in dataclasses.fields(value)}
        return {"@": f"{type(value).__module__}:{type(value).__qualname__}", **own}
    if isinstance(value, tuple):
        return [to_data(v, field) for v in value]
    if isinstance(value, float):
        check_range(field, value)  # finite
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"a piece's fields are numbers, strings, tuples and pieces, not {type(value).__name__}: {value!r}")


def from_data(data: Any) -> Any:
    """The value that `to_data` wrote. Only classes below `Piece` are ever built, and only from menolab or modules already imported.

    Raises:
        BadInput: unknown class or field.
    """
    if isinstance(data, list):
        return tuple(from_data(v) for v in data)
    if not isinstance(data, dict):
        return data
    path = str(data.get("@", ""))
    cls = _class_at(MOVED.get(path, path))
    fields = {f.name for f in dataclasses.fields(cls)}  # type: ignore[arg-type]
    given = {name: from_data(value) for name, value in data.items() if name != "@"}
    for name in given:
        if name not in fields:
            raise unknown(f"field of {cls.__name__}", name, fields)
    return cls(**given)


def _class_at(path: str) -> type:
    module_name, _, name = path.partition(":")
    if module_name not in sys.modules and module_name.partition(".")[0] != "menolab":
        raise BadInput("@", path, "only menolab's pieces and those of modules you have imported can be loaded; import the module first")
    try:
        module = sys.modules.get(module_name) or importlib.import_module(module_name)
        cls = functools.reduce(getattr, name.split("."), module)
    except (ImportError, AttributeError) as error:
        raise BadInput("@", path, "no such piece in this version of menolab") from error
    if not (isinstance(cls, type) and issubclass(cls, Piece) and dataclasses.is_dataclass(cls)):
        raise BadInput("@", path, "is not a piece")
    return cls


def to_json(piece: Piece) -> str:
    """`to_data` as text, keys in field order, one value a line."""
    return json.dumps(to_data(piece), indent=2, allow_nan=False)


# ---- the catalogue --------------------------------------------------------------------------------------------------------------------------


def summary(thing: Any) -> str:
    """First line of the docstring."""
    return (inspect.getdoc(thing) or "").partition("\n")[0]


def catalogue(family: str | None = None) -> list[dict[str, Any]]:
    """Every piece and published name, as rows for programs: id, family, module, summary, paper, catalogue ids, defaults, test.

    Raises:
        BadInput: `family` names none.
    """
    import_rooms()
    rows = [_row(cls, family_of(cls)) for cls in sorted(set(subclasses(Piece)), key=lambda c: (family_of(c).__name__, c.__name__))
            if not inspect.isabstract(cls) and dataclasses.is_dataclass(cls) and cls.__module__.startswith("menolab.")]
    rows += [_row(maker, typing.get_type_hints(maker)["return"]) for maker in published_names(Piece).values()]
    names = {plain_name(row["family"]): row["family"] for row in rows}
    if family is not None and plain_name(family) not in names:
        raise unknown("family", family, names.values())
    return [row for row in rows if family is None or row["family"] == names[plain_name(family)]]


def _row(thing: Any, family: type) -> dict[str, Any]:
    marks = getattr(thing, "__published__", None) or {"paper": thing.paper, "catalogue": thing.catalogue}
    ids = marks["catalogue"]
    try:
        defaults = to_data(thing())
    except (TypeError, BadInput):  # fields without usable defaults
        defaults = None
    return {
        "id": thing.__name__,
        "family": family_of(family).__name__,
        "module": thing.__module__,
        "summary": summary(thing),
        "paper": marks["paper"],
        "catalogue": [ids] if isinstance(ids, str) else list(ids),
        "defaults": defaults,
        "test": _test_of(thing.__module__, thing.__name__),
    }


CHECKOUT = Path(__file__).parents[2]
"""The source checkout, where tests and the ledger are; an installed package has neither."""


def _test_of(module: str, name: str) -> str | None:
    """The test file beside a module, else the first one that names the piece; None where there is none."""
    *rooms, stem = module.split(".")[1:]
    sibling = Path("tests", *rooms, f"test_{stem}.py")
    if (CHECKOUT / sibling).exists():
        return str(sibling)
    return next((path for path, words in _test_words().items() if name in words), None)


@functools.cache
def _test_words() -> dict[str, frozenset[str]]:
    """The words of every test file of the checkout, by path."""
    files = sorted((CHECKOUT / "tests").rglob("test_*.py"))
    return {str(path.relative_to(CHECKOUT)): frozenset(re.findall(r"\w+", path.read_text(encoding="utf-8"))) for path in files}
