from __future__ import annotations

from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Problem
from menolab.tasks.gsm8k import GSM8K
from menolab.tasks.layouts import file_task
from menolab.tasks.mathematics import BOXED, MathematicsFile, boxed_gold, boxes, question_of


def listed(path: Path) -> tuple[Problem, ...]:
    problems = file_task(str(path)).listed()
    assert problems is not None
    return problems


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("so $\\boxed{5}$.", ["5"]),
        ("\\boxed{\\frac{1}{2}} then \\fbox{x}", ["\\frac{1}{2}", "x"]),
        ("\\boxed{a \\boxed{b}}", ["a \\boxed{b}"]),
        ("\\boxed 7$", ["7"]),
        ("\\boxed{\\{1, 2\\}}", ["\\{1, 2\\}"]),
        ("\\boxed{cut off", []),
        ("\\boxedly{3}", []),
    ],
)
def test_boxes(text: str, found: list[str]) -> None:
    assert [content for _, _, content in boxes(text)] == found


def test_a_second_box_beside_the_last_makes_the_gold_ambiguous() -> None:
    assert boxed_gold({"s": "$\\boxed{-2}$ and $\\boxed{1}$."}, "s", "w") == ("1", {"ambiguous": "boxed beside the gold: -2"})
    assert boxed_gold({"s": "First $\\boxed{2}$ was found, but later we see that $\\boxed{1}$."}, "s", "w") == ("1", {})
    with pytest.raises(BadInput, match=r"w: s.*no .*boxed"):
        boxed_gold({"s": "none"}, "s", "w")


def test_the_prompt_is_the_question_and_the_instruction(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"question": "1+1?", "answer": "It is <<1+1=2>>2.\\n#### 1,002"}\n')
    (problem,) = GSM8K(str(tmp_path / "a.jsonl")).listed()
    assert problem.prompt == f"1+1?\n{BOXED}" and problem.answer == "1002" and problem.task == "mathematics"
    assert GSM8K(str(tmp_path / "a.jsonl"), instruction="").listed()[0].prompt == "1+1?"
    task = GSM8K(str(tmp_path / "a.jsonl"))
    shown = task.demonstrate(problem, Key.root(0)).text
    assert shown == "<think>It is 2.</think><answer>1002</answer>" and task.verify(problem, shown).right


def test_a_conversation_of_one_message_is_a_question() -> None:
    assert question_of({"prompt": [{"from": "user", "value": "q"}]}, "w", "problem", "prompt") == "q"
    assert question_of({"prompt": [{"role": "user", "content": "q"}]}, "w", "prompt") == "q"
    for bad in ({}, {"prompt": []}, {"prompt": [{"content": "a"}, {"content": "b"}]}, {"prompt": " "}):
        with pytest.raises(BadInput, match="w: prompt"):
            question_of(bad, "w", "prompt")


BENCHMARKS = [
    ("gsm8k/test.jsonl", "gsm8k", 1319), ("gsm8k/train.jsonl", "gsm8k", 7473), ("math/test_5000_tora.jsonl", "math", 5000),
    ("math/train_rllm.json", "math", 7469), ("math500/test.jsonl", "math500", 500), ("deepscaler_rllm/test_math.json", "math500", 500),
    ("open_reasoner_zero/math500.json", "math500", 500), ("aime/aime24_test.jsonl", "aime24_test", 30), ("aime/aime24_ttrl.json", "aime24_ttrl", 30),
    ("aime/aime2025_I.jsonl", "aime2025_i", 15), ("aime/aime2025_II.jsonl", "aime2025_ii", 15), ("aime/aime_2021_2024.jsonl", "aime_2021_2024", 103),
    ("open_reasoner_zero/aime2024.json", "aime2024", 30), ("deepscaler_rllm/train_aime.json", "train_aime", 975),
    ("understand_r1_zero_arrow/evaluation_suite/aime", "aime", 30), ("amc/amc23_test.jsonl", "amc23_test", 40), ("amc/amc_logic_rl.jsonl", "amc_logic_rl", 83),
    ("amc/amc_ttrl.json", "amc_ttrl", 83), ("minerva_math/test.jsonl", "minerva", 272), ("olympiadbench/test.jsonl", "olympiadbench", 675),
    ("olymmath/OlymMATH-EN-EASY.jsonl", "olymmath-en-easy", 100), ("olymmath/OlymMATH-EN-HARD.jsonl", "olymmath-en-hard", 100),
    ("olymmath/OlymMATH-ZH-EASY.jsonl", "olymmath-zh-easy", 100), ("olymmath/OlymMATH-ZH-HARD.jsonl", "olymmath-zh-hard", 100),
    ("gsm_symbolic/GSM_p2.jsonl", "gsm-symbolic", 2500),
]  # fmt: skip


@pytest.mark.parametrize(("file", "name", "count"), BENCHMARKS)
def test_published_files_are_recognised_and_their_golds_are_right(shared_data: Path, file: str, name: str, count: int) -> None:
    task = file_task(str(shared_data / file))
    assert isinstance(task, MathematicsFile) and task.name == name
    problems = task.listed()
    assert problems is not None and len(problems) == count
    for problem in problems:
        assert task.verify(problem, f"<think>hm</think>So the answer is \\boxed{{{problem.answer}}}").right, problem
    unreadable = [p.answer for p in problems if not task.verifier.readable(p.answer)]
    assert len(unreadable) == (2 if file == "math/train_rllm.json" else 0), unreadable


def test_one_question_in_two_benchmarks_is_one_problem(shared_data: Path) -> None:
    whole = {p.id: p.answer for p in listed(shared_data / "math/test_5000_tora.jsonl")}
    assert sum(p.id in whole for p in listed(shared_data / "math500/test.jsonl")) == 500
    one, other = ({p.id: p.answer for p in listed(shared_data / f"aime/aime24_{name}")} for name in ("test.jsonl", "ttrl.json"))
    shared = one.keys() & other.keys()
    assert len(shared) == 25 and all(one[key] == other[key] for key in shared)
