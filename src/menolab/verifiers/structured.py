"""A JSON answer: equal to the gold by value and type, or of the asked form."""

from __future__ import annotations

import functools
import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from menolab.errors import BadInput, check_range
from menolab.records import Problem, Verdict, right, undecided, wrong
from menolab.verifiers.child import Child, NoAnswer
from menolab.verifiers.extract import TAGS, extract
from menolab.verifiers.fences import fenced
from menolab.verifiers.verifier import Verifier

MAX_DEPTH = 100


class NotJson(ValueError):
    """The text is not JSON, or more of it than is read."""


def read_json(text: str) -> Any:
    """The value that a JSON text writes, as RFC 8259 has it.

    Raises:
        NotJson: not JSON; NaN or Infinity, which JSON does not have; a key twice, whose meaning is nobody's; nested more than `MAX_DEPTH` deep; a number
            that is no float.
    """
    if _depth(text) > MAX_DEPTH:
        raise NotJson(f"nested more than {MAX_DEPTH} deep")
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_float)
    except NotJson:
        raise
    except (ValueError, RecursionError) as error:
        raise NotJson(f"not JSON ({error})") from error


def _depth(text: str) -> int:
    """How deep the brackets nest, those in strings left out. Told before parsing, so that no parser has to bear it."""
    depth, deepest = 0, 0
    for match in re.finditer(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', text, re.DOTALL):
        first = match.group()[0]
        if first != '"':
            depth += 1 if first in "[{" else -1
            deepest = max(deepest, depth)
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise NotJson(f"the key {twice[:60]!r} twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise NotJson(f"{name} is not JSON")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise NotJson("a number too large to be one")
    return value


def difference(gold: Any, found: Any, *, unordered: bool = False, path: str = "$") -> str:
    """Where two JSON values first differ, and how; empty if they are equal by value and type.

    1 and 1.0 are one number, as in JSON Schema; 1, true and "1" are three values.

    Args:
        unordered: compare lists as multisets.
    """
    if isinstance(gold, dict) and isinstance(found, dict):
        return _objects(gold, found, unordered, path)
    if isinstance(gold, list) and isinstance(found, list):
        return _lists(gold, found, unordered, path)
    if _kind(gold) != _kind(found):
        return f"{path}: {_kind(found)} where {_kind(gold)} is wanted"
    return "" if gold == found else f"{path}: another value"


def _objects(gold: dict[str, Any], found: dict[str, Any], unordered: bool, path: str) -> str:
    for key in gold:
        if key not in found:
            return f"{_step(path, key)}: missing"
    for key in found:
        if key not in gold:
            return f"{_step(path, key)}: not wanted"
    return next((said for key in gold if (said := difference(gold[key], found[key], unordered=unordered, path=_step(path, key)))), "")


def _lists(gold: list[Any], found: list[Any], unordered: bool, path: str) -> str:
    if len(gold) != len(found):
        return f"{path}: {len(found)} items where {len(gold)} are wanted"
    if not unordered:
        pairs = enumerate(zip(gold, found, strict=True))
        return next((said for place, (left, right_) in pairs if (said := difference(left, right_, path=f"{path}[{place}]"))), "")
    left_over = Counter(canonical(item) for item in gold)
    for place, item in enumerate(found):
        left_over[canonical(item)] -= 1
        if left_over[canonical(item)] < 0:
            return f"{path}[{place}]: not among the items wanted"
    return ""


def canonical(value: Any) -> str:
    """One text for all JSON values that are equal with their lists unordered."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(sorted(map(canonical, value))) + "]"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return json.dumps(value) if not isinstance(value, int) or isinstance(value, bool) else str(value)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    kinds = ((bool, "a truth value"), ((int, float), "a number"), (str, "a text"), (list, "a list"), (dict, "an object"))
    return next(name for kind, name in kinds if isinstance(value, kind))


def _step(path: str, key: str) -> str:
    return f"{path}.{key}" if key.isidentifier() else f"{path}[{json.dumps(key)[:60]}]"


@dataclass(frozen=True)
class Json(Verifier):
    """Right if the answer is JSON that equals the gold by value and type, and is of the asked form.

    The answer is what stands in the answer tags; without them the last fenced block that is an object or a list, or the whole of what was said, if that
    is one. Facts, each optional: ``schema`` (a JSON Schema, checked by the jsonschema library) and ``required`` (keys that the object must have). An
    empty gold is not compared with: then the form alone decides. The reason names the path of the first difference, as ``$.items[2].name``.
    """

    kinds: ClassVar[tuple[str, ...]] = ("structured",)
    golds: ClassVar[tuple[type, ...]] = (str, int, float, bool, list, dict, type(None))
    longest: ClassVar[int] = 100_000
    """Characters of the longest answer that is looked at."""
    unordered: bool = False
    """Whether the order of lists does not matter, at any depth."""
    strict: bool = False
    """Accept exactly one pair of answer tags and nothing else."""
    seconds: float = 5.0
    """Time for the schema, whose patterns may take for ever."""

    def __post_init__(self) -> None:
        check_range("seconds", self.seconds, 0.0, 3600.0, open_low=True)

    def __call__(self, problem: Problem, text: str) -> Verdict:
        """The verdict on a whole response."""
        found = extract(text, strict=self.strict, whole=True)
        answer = found.answer
        if answer is None and not self.strict:
            answer = _untagged(text)
        if answer is None:
            return wrong("extract", found.reason)
        if len(answer) > self.longest:
            return wrong("extract", f"the answer is longer than {self.longest} characters", answer[: self.longest])
        return self.judge(problem, answer)

    def judge(self, problem: Problem, answer: str) -> Verdict:
        """The verdict on an extracted answer."""
        if not problem.answer.strip() and problem.facts.get("schema") is None and problem.facts.get("required") is None:
            return undecided("gold", "neither a gold answer nor a form", answer)
        try:
            gold = read_json(problem.answer) if problem.answer.strip() else None
        except NotJson as error:
            return undecided("gold", f"the gold answer: {error}", answer)
        blocks = fenced(answer)
        try:
            found = read_json(blocks[-1] if blocks else answer)
        except NotJson as error:
            return wrong("parse", str(error), answer)
        formed = self._form(problem.facts, found, answer)
        if formed is not None:
            return formed
        said = difference(gold, found, unordered=self.unordered) if problem.answer.strip() else ""
        return wrong("compare", said, answer) if said else right("compare", "equal" if problem.answer.strip() else "of the asked form", answer)

    def _form(self, facts: Mapping[str, Any], found: Any, answer: str) -> Verdict | None:
        """What is wrong with the form, None if nothing is."""
        required, schema = facts.get("required"), facts.get("schema")
        if required is not None:
            if not isinstance(required, (list, tuple)) or not all(isinstance(key, str) for key in required):
                return undecided("gold", "required is not a list of keys", answer)
            missing = [key for key in required if not isinstance(found, dict) or key not in found]
            if missing:
                return wrong("form", f"{_step('$', missing[0])}: missing", answer)
        if schema is None:
            return None
        return self._schema(schema, found, answer)

    def _schema(self, schema: Any, found: Any, answer: str) -> Verdict | None:
        try:
            stage, said = _worker().ask([schema, found], self.seconds)
        except NoAnswer as error:
            return undecided("schema", str(error), answer)
        if stage == "wrong":
            return wrong("form", said, answer)
        return undecided("schema", said, answer) if stage == "undecided" else None

    def strictly(self) -> Verifier:
        """The same with `strict`."""
        return replace(self, strict=True)

    def check(self, problem: Problem, where: str) -> None:
        """Raise `BadInput` where there is neither a gold nor a form, or the schema is none."""
        facts = problem.facts
        if not problem.answer.strip() and facts.get("schema") is None and facts.get("required") is None:
            raise BadInput(where, sorted(facts), "give a gold, a 'schema' or 'required' keys")
        if not isinstance(facts.get("schema", {}), (dict, bool, type(None))):
            raise BadInput(f"{where}: schema", facts["schema"], "must be a JSON Schema, an object")

    def readable(self, answer: str) -> bool:
        """Whether the gold answer is JSON."""
        try:
            read_json(answer)
        except NotJson:
            return False
        return len(answer) <= self.longest


def _untagged(text: str) -> str | None:
    """The JSON in a response without tags after its thinking: the last fenced block, or all of it; an object or a list."""
    tail = text.rpartition("</think>")[2]
    if any(tag in tail for tag in TAGS):
        return None
    blocks = fenced(tail)
    whole = blocks[-1] if blocks else tail
    return whole.strip() if whole.lstrip()[:1] in ("{", "[") else None


@functools.cache
def _worker() -> Child:
    return Child(f"{__name__}:schema_fault", "jsonschema")


def schema_fault(question: list[Any]) -> list[str]:
    """Carried out in a child: whether a value is as a schema says, as ["right" | "wrong" | "undecided", why]."""
    schema, value = question
    try:
        import referencing.exceptions  # pyright: ignore[reportMissingImports]
        from jsonschema import exceptions, validators  # pyright: ignore[reportMissingModuleSource]
    except ImportError:
        return ["undecided", "a schema is checked by jsonschema, which is not installed: pip install 'menolab[json]'"]
    kind = validators.validator_for(schema, default=validators.Draft202012Validator)
    try:
        kind.check_schema(schema)
        error = exceptions.best_match(kind(schema, registry=referencing.Registry()).iter_errors(value))  # refers to nothing outside itself
    except (exceptions.SchemaError, referencing.exceptions.Unresolvable, re.error, RecursionError) as error:
        return ["undecided", f"the schema cannot be used: {str(error).partition(chr(10))[0][:200]}"]
    return ["right", ""] if error is None else ["wrong", f"{error.json_path}: {error.message[:200]}"]
