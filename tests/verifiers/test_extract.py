from __future__ import annotations

import time

import pytest

from menolab.verifiers.extract import candidates, extract, response

CASES = [
    (r"\boxed{41} ... wait, no ... \boxed{42}", "42"),
    (r"\boxed{42} ... wait, no ... \boxed{41}", "41"),
    ("<think> try 40, 41, 42", None),
    (r"<think>so \boxed{42}</think> I am done", None),
    (r"<think>\boxed{41}</think> so \boxed{42}", "42"),
    (r"\boxed{40}, \boxed{41}, \boxed{42}", None),
    (r"\boxed{42}, again \boxed{42}", "42"),
    (r"\boxed{42}" + " and so on" * 40, "42"),
    (r"\boxed{\frac{1}{2}}", r"\frac{1}{2}"),
    (r"\boxed{\{1,2\}}", r"\{1,2\}"),
    (r"\boxed{a \fbox{b}}", r"a \fbox{b}"),
    (r"\boxed 42 is it", "42"),
    (r"\fbox{42}", "42"),
    (r"write \boxed{ first: \boxed{42}", "42"),
    (r"\boxed{42", None),
    (r"\boxed{41} and then \boxed{42", None),
    (r"\boxed{\text{The answer is } 42}", "42"),
    (r"\boxed{}", None),
    ("#### 42.", "42"),
    ("steps\n#### **42**\n", "42"),
    ("#### 41\n#### 42", "42"),
    (r"answer: \$42", r"\$42"),
    ("Answer: 42. This is because 6*7 = 42", "42"),
    ("**Answer:** 42", "42"),
    ("The answer is 3.5", "3.5"),
    ("The answer is:\n\n7", "7"),
    ("The final answer is **(B)**.", "(B)"),
    ("the answer isn't clear", None),
    ("<answer>42</answer>", "42"),
    ("<answer>\n42\n</answer>", "42"),
    ("<answer>42", None),
    ("42</answer>", None),
    ("<answer></answer>", None),
    (r"<answer>$\boxed{42}$</answer>", "42"),
    (r"<answer>42</answer> \boxed{41}", "42"),
    ("<answer>41</answer> no, rather <answer>42</answer>", "42"),
    ("<answer>41</answer><answer>42</answer>", None),
    ("<think>a</think>b<think>c</think><answer>42</answer>", "42"),
    ("<think>a</think><answer>42</answer><think>once more", None),
    ("a</think><answer>42</answer>", "42"),
    ("the last number is 42", None),
    ("the answer is 42<|im_end|>\n<|im_start|>user\nthe answer is 43", "42"),
    ("<think>a</think><answer>42</answer></s>", "42"),
    ("The answer would be 42.", "42"),
    ("The answers are 1 and 2.", "1 and 2"),
    ("The answer to this problem is then 42, as desired.", "42"),
    ("The answer is 42, which is even.", "42"),
    ("The answer is 42 (or 43).", "42 (or 43)"),
    ("The correct choice is (B).", "(B)"),
    (r"\text{The answer is } \frac{3}{4}", r"\frac{3}{4}"),
    (r"e.g. \boxed{42} is the format. I cannot solve it", None),
    (r"For example, $\boxed{1}$. Now the sum is \boxed{42}", "42"),
    (r"\boxed{x} is the required format", None),
    (r"\boxed{42}. Sorry, I could not solve this", None),
    (r"I cannot solve it by hand, but by counting \boxed{42}", "42"),
    ("", None),
]


@pytest.mark.parametrize(("text", "answer"), CASES)
def test_extract(text: str, answer: str | None) -> None:
    found = extract(text)
    assert found.answer == answer
    assert found.reason


STRICT_WITH_BOXES = [
    (r"\boxed{42}", "42"),
    (r"\boxed{42}, again \boxed{42}", "42"),
    (r"\boxed{41} ... wait, no ... \boxed{42}", None),
    ("<answer>42</answer>", "42"),
    (r"\boxed{41}<answer>42</answer>", "42"),
    ("<answer>41</answer> no <answer>42</answer>", None),
    ("The answer is 42", None),
    ("#### 42", None),
    (r"<think>\boxed{42}", None),
    (r"\boxed{42", None),
]


@pytest.mark.parametrize(("text", "answer"), STRICT_WITH_BOXES)
def test_strict_with_boxes(text: str, answer: str | None) -> None:
    assert extract(text, strict=True, boxes=True).answer == answer


def test_response_round_trip() -> None:
    assert extract(response("try 1+1", " 2 "), strict=True).answer == "2"
    assert extract(response("", r"\boxed{2}"), strict=True).answer == r"\boxed{2}", "strict takes the content as it stands"


@pytest.mark.parametrize(("text", "want"), [
    ("<think>So the answer is 5. Wait, no. The answer is 6.</think><answer>6</answer>", ["5", "6", "6"]),
    (r"<think>I get \boxed{3}. Let me check: \boxed{4}</think>\boxed{4}", ["3", "4", "4"]),
    (r"<answer>\boxed{12}</answer>", ["12"]),
    ("#### 42", ["42"]),
    (r"an open \boxed{3", []),
    ("nothing", []),
    ("", []),
])  # fmt: skip
def test_candidates_are_all_answers_in_order(text: str, want: list[str]) -> None:
    found = candidates(text)
    assert [answer for _, answer in found] == want
    assert [end for end, _ in found] == sorted(end for end, _ in found)


def test_whole_takes_what_stands_in_the_tags() -> None:
    text = '<answer>{"note": "the answer is 4", "box": "\\boxed{5}"}</answer>'
    assert extract(text).answer == "5"
    assert extract(text, whole=True).answer == text[8:-9]
    assert extract("The answer is 4", whole=True).answer is None
    assert extract("<answer>1</answer> no: <answer>2</answer>", whole=True).answer == "2"
    assert extract("<answer>1</answer> or <answer>2</answer>", whole=True).answer is None


@pytest.mark.parametrize("piece", ["answer is ", "<answer>", "</answer>", "\\boxed{", "#### ", "<answer>\\boxed{1}", "answer is 1. "])
def test_candidates_are_linear_in_the_length(piece: str) -> None:
    text = piece * (200_000 // len(piece)) + "}" * 20_000
    start = time.process_time()
    assert all(len(answer) <= 2000 for _, answer in candidates(text))
    assert time.process_time() - start < 2.0


def test_candidates_behind_a_tag_that_was_not_closed() -> None:
    assert [answer for _, answer in candidates("<answer>1</answer> wait <answer>2")] == ["1"]
    assert [answer for _, answer in candidates("a" * 3000 + " answer is 4\n" + "<answer>" + "b" * 2001 + "</answer>")] == ["4"]
