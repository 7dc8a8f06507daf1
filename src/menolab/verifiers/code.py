"""A program is right if it passes its tests, in the sandbox."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from menolab.errors import BadInput, check_range
from menolab.records import Problem, Verdict, right, undecided, wrong
from menolab.sandbox.host import Answer, Limits, Plan, Sandbox, SandboxFailed, shared
from menolab.sandbox.wire import NotPlain
from menolab.verifiers.code_tests import CodeTest, Unreadable, read_call, read_literal, read_tests, same_output, same_value
from menolab.verifiers.credit import AllOrNothing, TestCredit, TestResult
from menolab.verifiers.extract import ANSWER, END_ANSWER, END_THINK, THINK
from menolab.verifiers.fences import fenced
from menolab.verifiers.verifier import Verifier

MAX_CODE = 200_000
"""Characters of the longest program that is run."""


_NAMES = {"python": ("python", "python3", "py"), "javascript": ("javascript", "js")}
"""What a fence calls a language, where that is not its name alone."""


def extract_code(text: str, language: str = "python") -> str | None:
    """The program in a response: after the thinking, the last fenced block that names the language, else the last one (what follows a solution may be its
    output, fenced too); without a fence, what stands in the last answer tags; else None.

    A thought that was never closed has no program, and a fence that was never closed is none: half a program is another program.
    """
    tail = text.rpartition(END_THINK)[2]
    if THINK in tail:
        return None
    answer: str | None = None
    if END_ANSWER in tail and ANSWER in tail.rpartition(END_ANSWER)[0]:
        answer = tail.rpartition(END_ANSWER)[0].rpartition(ANSWER)[2]
    elif ANSWER in tail:
        return None  # cut off
    written = tail if answer is None else answer
    blocks = fenced(written, _NAMES.get(language, (language,))) or fenced(written)
    code = blocks[-1] if blocks else answer
    return code if code and code.strip() else None


@dataclass(frozen=True)
class CodeTests(Verifier):
    """Right if the program passes every test of the problem's facts.

    Facts: ``tests`` and ``hidden`` as `CodeTest` says, or ``inputs`` and ``outputs``, two lists of texts; for test code also
    ``entry`` (the function it knows as ``candidate``), ``prelude`` (helpers that the tests use) and ``setup`` (run after the program, in its process);
    ``prefix`` is put before every program.

    The program never sees an expected value: values and outputs are compared here, and test code runs in a process of its own. A program that fails,
    crashes or is slow is wrong, with the first such test in the reason; a sandbox that fails leaves it undecided. With a ``credit`` that gives parts
    of the score, the verdict "wrong" carries them.
    """

    kinds: ClassVar[tuple[str, ...]] = ("code", "program")
    golds: ClassVar[tuple[type, ...]] = ()
    credit: TestCredit = AllOrNothing()
    tolerance: float = 0.0
    """Within which floats, and numbers in outputs, count as equal, absolute or relative. Test code says itself what it tolerates."""
    language: str = "python"
    """Other languages (javascript, perl ...) where installed, with tests of input and output only."""
    cpu: float = 5.0
    """Seconds of processor time: for each test of input and output, for all calls or all test code together."""
    wall: float = 10.0
    """Seconds by the clock, likewise."""
    memory_mib: int = 512

    def __post_init__(self) -> None:
        check_range("tolerance", self.tolerance, 0.0, 1.0)
        Limits(cpu=self.cpu, wall=self.wall, memory_mib=self.memory_mib)

    def __call__(self, problem: Problem, text: str) -> Verdict:
        """The verdict on a whole response."""
        code = extract_code(text, self.language)
        if code is None:
            return wrong("extract", "no program found")
        if len(code) > MAX_CODE:
            return wrong("extract", "the program is too long", code[:1000])
        try:
            tests = read_tests(problem.facts)
            results = list(self._results(shared(), _prefixed(code, problem.facts), tests, problem.facts))
        except (Unreadable, NotPlain) as error:
            return undecided("gold", str(error), code)
        except (SandboxFailed, BadInput, OSError) as error:
            return undecided("sandbox", str(error), code)
        return self._verdict(results, code)

    def check(self, problem: Problem, where: str) -> None:
        """Raise `BadInput` where the facts hold no tests that can be read."""
        try:
            read_tests(problem.facts)
        except Unreadable as error:
            raise BadInput(where, sorted(problem.facts), f"{error}; a row needs 'tests', or 'inputs' and 'outputs'") from error

    def _verdict(self, results: list[TestResult], code: str) -> Verdict:
        failed = [(place, result) for place, result in enumerate(results) if not result.passed]
        if not failed:
            return right("tests", f"all {len(results)} tests passed", code)
        place, first = failed[0]
        return wrong("tests", f"test {place + 1} of {len(results)} ({first.name}): {first.reason}", code, self.credit(results))

    def _results(self, sandbox: Sandbox, code: str, tests: tuple[CodeTest, ...], facts: Mapping[str, Any]) -> Iterator[TestResult]:
        limits = Limits(cpu=self.cpu, wall=self.wall, memory_mib=self.memory_mib)
        if tests[0].kind == "output":
            yield from self._outputs(sandbox, code, tests, limits)
        elif self.language != "python":
            raise Unreadable(f"tests of a program in {self.language} have input and output")
        elif tests[0].kind == "call":
            yield from self._calls(sandbox, code, tests, limits)
        else:
            yield from _asserted(sandbox, code, tests, facts, limits)

    def _outputs(self, sandbox: Sandbox, code: str, tests: tuple[CodeTest, ...], limits: Limits) -> Iterator[TestResult]:
        reason = ""
        for test in tests:
            if reason and (self.credit.stops or reason.startswith("too slow")):
                yield TestResult(test.name, False, "not run", test.group)
                continue
            ran = sandbox.script(code, test.source, limits, self.language)
            if ran.end.trouble:
                reason = f"{ran.end.trouble} {ran.errors.strip().rpartition(chr(10))[2][:150]}".strip()
            elif ran.cut:
                reason = f"wrote more than {limits.output_kib} KiB"
            else:
                reason = "" if same_output(test.expected, ran.output, self.tolerance) else "another output"
            yield TestResult(test.name, not reason, reason or "passed", test.group)

    def _calls(self, sandbox: Sandbox, code: str, tests: tuple[CodeTest, ...], limits: Limits) -> Iterator[TestResult]:
        called = sandbox.calls(code, [read_call(test.source) for test in tests], limits)
        stop = _lost(called.load, called.end.trouble) or (f"raised {called.load.raised}: {called.load.text}" if called.load.raised else "")
        for place, test in enumerate(tests):
            answer = called.answers[place] if place < len(called.answers) else None
            reason = (stop or "not run") if answer is None else self._judge(test, answer, called.end.trouble)
            yield TestResult(test.name, not reason, reason or "passed", test.group)

    def _judge(self, test: CodeTest, answer: Answer, trouble: str) -> str:
        if answer.lost is not None:
            return _lost(answer, trouble)
        if test.raises:
            return "" if answer.raised == test.raises else f"raised {answer.raised or 'nothing'}"
        if answer.raised is not None:
            return f"raised {answer.raised}: {answer.text}"
        return "" if same_value(read_literal(test.expected), answer.value, self.tolerance) else f"returned {repr(answer.value)[:80]}"


def _lost(answer: Answer, trouble: str) -> str:
    if answer.lost is None:
        return ""
    return trouble or answer.lost


def _prefixed(code: str, facts: Mapping[str, Any]) -> str:
    prefix = _text(facts, "prefix")
    return f"{prefix.rstrip()}\n{code}" if prefix else code


def _text(facts: Mapping[str, Any], field: str) -> str:
    value = facts.get(field, "")
    if not isinstance(value, str):
        raise Unreadable(f"{field} is not text")
    return value


def _asserted(sandbox: Sandbox, code: str, tests: tuple[CodeTest, ...], facts: Mapping[str, Any], limits: Limits) -> Iterator[TestResult]:
    plan = Plan(tuple(test.source for test in tests), *(_text(facts, field) for field in ("prelude", "setup", "entry")))
    tested = sandbox.test(code, plan, limits)
    if tested.fault is not None:
        raise Unreadable(tested.fault)
    for name, reason, check in zip(tested.names, tested.reasons, tested.checks, strict=True):
        shown = tests[check].name if tests[check].hidden else " ".join(name.split())[:80]
        yield TestResult(shown, reason is None, reason or "passed", tests[check].group)
