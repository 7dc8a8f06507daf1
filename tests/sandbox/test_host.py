from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.sandbox.host import Call, Limits, Plan, Sandbox, SandboxFailed, shared
from menolab.sandbox.level import other_interpreter


def test_script_has_input_output_status_and_traceback(sandbox: Sandbox) -> None:
    ran = sandbox.script("n = int(input()); print(n * 2); raise SystemExit(3)", "21\n")
    assert (ran.output, ran.errors, ran.end.status) == ("42\n", "", 3) and ran.end.trouble == "ended with status 3"
    ran = sandbox.script("def f():\n    return 1 / 0\nf()")
    assert ran.end.status == 1 and ran.errors.splitlines()[-1] == "ZeroDivisionError: division by zero" and "menolab" not in ran.errors
    ran = sandbox.script("if __name__ == '__main__': print('é', end='')")
    assert ran.output == "é" and ran.end.trouble == ""


def test_exit_and_quit_are_there(sandbox: Sandbox) -> None:
    for code, status in (("exit()", 0), ("quit(0)", 0), ("exit(3)", 3), ("quit('no')", 1)):
        ran = sandbox.script(f"print(1)\n{code}\nprint(2)")
        assert (ran.output, ran.end.status) == ("1\n", status)
    assert sandbox.calls("def f(): exit()", [Call("f")]).answers[0].raised == "SystemExit"


def test_input_larger_than_a_pipe(sandbox: Sandbox) -> None:
    text = "x" * 3_000_000
    assert sandbox.script("import sys; print(len(sys.stdin.read()))", text).output == "3000000\n"
    assert sandbox.script("print(1)", text).output == "1\n"


def test_exit_handlers_and_threads_finish(sandbox: Sandbox) -> None:
    code = "import atexit, threading, time\natexit.register(print, 'exit')\n"
    code += "threading.Thread(target=lambda: (time.sleep(0.05), print('thread'))).start()\nprint('main')"
    assert sandbox.script(code).output == "main\nthread\nexit\n"


def test_calls_give_values_exceptions_or_reasons(sandbox: Sandbox) -> None:
    code = "def f(a, b=1): return {'s': {a}, 't': (b, None)}\ndef g(): raise KeyError('k')\ndef h(): return object()\nx = 3"
    called = sandbox.calls(code, [Call("f", (1.5,), (("b", b"z"),)), Call("g"), Call("h"), Call("x"), Call("y"), Call("f", (2,))])
    values = called.answers
    assert values[0].value == {"s": {1.5}, "t": (b"z", None)} and type(values[0].value["t"]) is tuple
    assert (values[1].raised, values[1].text) == ("KeyError", "'k'")
    assert "not plain data" in (values[2].lost or "") and values[3].raised == "TypeError" and values[4].raised == "NameError"
    assert values[5].value == {"s": {2}, "t": (1, None)}
    assert sandbox.calls("1 +", [Call("f")]).load.raised == "SyntaxError"
    assert sandbox.calls("1 +", [Call("f")]).answers == ()


def test_a_crash_loses_the_rest_and_says_why(sandbox: Sandbox) -> None:
    called = sandbox.calls("import os\ndef f(n): return os._exit(5) if n == 2 else n", [Call("f", (n,)) for n in range(4)])
    assert [answer.value for answer in called.answers[:2]] == [0, 1] and len(called.answers) == 3
    assert called.answers[2].lost and called.end.status == 5


def test_tests_run_apart_from_the_program(sandbox: Sandbox) -> None:
    code = "class Node:\n    def __init__(self, v): self.v = v\ndef total(nodes): return sum(n.v for n in nodes)\n"
    code += "def put(xs): xs.append(4)\ndef bad(): raise ValueError('no')\n"
    checks = (
        "assert total([Node(1), Node(2)]) == 3\nassert total([Node(5)]) == 6",
        "xs = [1]\nput(xs)\nassert xs == [1, 4]",
        "try:\n    bad()\n    assert False\nexcept ValueError as e:\n    assert str(e) == 'no'",
        "assert math.isclose(total([Node(0.1), Node(0.2)]), 0.3)",
        "assert Node(3).v == 3 and not missing(3)",
        "for n in range(3):\n    assert total([Node(n)]) == n",
    )
    tested = sandbox.test(code, Plan(checks))
    assert tested.fault is None and tested.checks == (0, 0, 1, 2, 3, 4, 5)
    assert [reason is None for reason in tested.reasons] == [True, False, True, True, True, False, True]
    assert tested.reasons[1] == "assertion failed" and "missing" in (tested.reasons[5] or "")


def test_prelude_setup_and_entry(sandbox: Sandbox) -> None:
    check = "def check(candidate):\n    assert candidate(root) == twice(3)\n    assert True\ncheck(sum)"
    plan = Plan((check,), "def twice(n): return 2 * n", "root = [1, 2, 3]", "sum")
    assert sandbox.test("def sum(xs): return 6", plan).reasons == (None,)
    assert sandbox.test("def twice(n): return 0\ndef sum(xs): return 0", plan).reasons == ("assertion failed",)


def test_tests_that_cannot_be_carried_out_blame_nobody(sandbox: Sandbox) -> None:
    assert "not plain data" in (sandbox.test("def f(g): return g(1)", Plan(("assert f(lambda x: x) == 1",))).fault or "")


def test_limits_say_which(sandbox: Sandbox) -> None:
    slow = sandbox.script("while True: pass", "", Limits(cpu=0.3, wall=5))
    assert slow.end.killed == "cpu" and "processor time" in slow.end.trouble and slow.end.cpu < 2
    asleep = sandbox.script("import time; time.sleep(60)", "", Limits(cpu=5, wall=0.3))
    assert asleep.end.killed == "wall" and asleep.end.cpu < 1


def test_output_is_cut_and_the_program_goes_on(sandbox: Sandbox) -> None:
    ran = sandbox.script("import sys\nprint('x' * 5000000)\nsys.stderr.write('done')", "", Limits(output_kib=2))
    assert len(ran.output) == 2048 and ran.cut and ran.errors == "done" and ran.end.status == 0


def test_a_killed_zygote_is_the_sandbox_failing_and_replaced(sandbox: Sandbox) -> None:
    alone = Sandbox(sandbox.level, workers=1)
    alone.script("print(1)")
    (zygote,) = alone._idle
    threading.Timer(0.2, lambda: os.kill(zygote.process.pid, signal.SIGKILL)).start()
    with pytest.raises(SandboxFailed):
        alone.script("import time; time.sleep(30)")
    assert alone.script("print(2)").output == "2\n"
    alone.close()


def test_threads_and_asyncio(sandbox: Sandbox) -> None:
    assert sandbox.map(lambda n: sandbox.script(f"print({n})").output, range(20)) == [f"{n}\n" for n in range(20)]

    async def many() -> list[str]:
        return [ran.output for ran in await asyncio.gather(*(asyncio.to_thread(sandbox.script, f"print({n})") for n in range(8)))]

    assert asyncio.run(many()) == [f"{n}\n" for n in range(8)]


def test_the_same_program_gives_the_same_output(sandbox: Sandbox) -> None:
    code = "import random; print({'a', 'b', 'c', 'd'}, random.random())"
    first = {sandbox.script(code).output for _ in range(3)}
    other = Sandbox(sandbox.level)
    assert first == {other.script(code).output}
    other.close()


def test_nothing_is_left_on_this_machine(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    descriptors = Path("/proc/self/fd")
    before = len(list(descriptors.iterdir()))
    own = Sandbox(sandbox.level)
    for _ in range(3):
        own.script("open('x', 'w').write('y')")
        own.calls("def f(): pass", [Call("f")])
        own.test("def f(): pass", Plan(("assert f() is None",)))
    pids = [zygote.process.pid for zygote in own._idle]
    own.close()
    assert list(tmp_path.iterdir()) == [] and len(list(descriptors.iterdir())) == before
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_a_forked_copy_uses_zygotes_of_its_own(sandbox: Sandbox) -> None:
    sandbox.script("print(1)")
    pid = os.fork()
    if pid == 0:
        good = sandbox.script("print(5)").output == "5\n"
        sandbox.close()
        os._exit(0 if good else 1)
    assert os.waitpid(pid, 0)[1] == 0
    assert sandbox.script("print(6)").output == "6\n"


def test_other_languages(sandbox: Sandbox) -> None:
    sources = {"javascript": "console.log(2 * parseInt(require('fs').readFileSync(0)))", "perl": "print 2 * <STDIN>, qq(\\n)"}
    tried = [name for name in sources if other_interpreter(name)]
    if not tried:
        pytest.skip("neither node nor perl is installed")
    for name in tried:
        ran = sandbox.script(sources[name], "21\n", language=name)
        assert ran.output == "42\n", ran
    with pytest.raises(BadInput, match="python"):
        sandbox.script("x", language="pyton")


def test_forty_short_programs_a_second(sandbox: Sandbox) -> None:
    """In processor time, which a busy machine does not change: over a hundred a second by the clock on two quiet cores."""
    sandbox.map(lambda n: sandbox.script("print(1)"), range(4))
    start = time.process_time()
    ended = [sandbox.script("print(1)").end for _ in range(40)]
    host = (time.process_time() - start) / 40
    assert all(end.status == 0 for end in ended)
    program = sorted(end.cpu for end in ended)[20]
    assert host + program < 0.05, "processor seconds a program, the host's share and its own; two cores have 2 / 40 to give"


def test_wrong_arguments() -> None:
    for bad in ({"cpu": 0}, {"wall": -1}, {"memory_mib": 1}, {"processes": -1}, {"cpu": float("nan")}):
        with pytest.raises(BadInput):
            Limits(**bad)
    with pytest.raises(BadInput, match="did you mean contained"):
        Sandbox("containd")
    with pytest.raises(BadInput, match="untrusted"):
        Sandbox("process")


def test_processes_need_the_level_that_can_end_them(sandbox: Sandbox) -> None:
    if sandbox.level == "contained":
        assert sandbox.script("import os\nif os.fork() == 0: os._exit(7)\nprint(os.wait()[1] >> 8)", "", Limits(processes=4)).output == "7\n"
    else:
        with pytest.raises(BadInput, match="contained"):
            sandbox.script("", "", Limits(processes=4))


def test_shared_is_one() -> None:
    try:
        assert shared() is shared()
    except BadInput as error:
        pytest.skip(str(error))
