"""A response that follows several constraints of MathIF at once, put together from their settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .obedient import GREETINGS, English

FILLERS = (English, "every small bird that sings at dawn will find some warm place to rest when winter comes again", "zz")


def compose(names: Sequence[str], args: Sequence[dict[str, Any] | None]) -> str:
    """A response made to follow all of them; it fails where they contradict one another."""
    given: dict[str, list[dict[str, Any]]] = {}
    for name, settings in zip(names, args, strict=True):
        given.setdefault(name.partition(":")[2], []).append(settings or {})
    forbidden = {word.lower() for k in given.get("forbidden_words", []) for word in k["forbidden_words"]}
    rare = {k["keyword"].lower() for k in given.get("frequency", []) if k["relation"] == "less than"}
    body = next(text for text in FILLERS if not any(word in text for word in forbidden | rare))
    for k in given.get("response_language", []):
        body = GREETINGS[k["language"]].replace(",", "")
    lines = [k["prompt_to_repeat"] for k in given.get("repeat_prompt", [])] + [body]
    lines += [f"{k['section_spliter']} {n}\nzz" for k in given.get("multiple_sections", []) for n in range(k["num_sections"])]
    lines += ["* zz" for k in given.get("number_bullet_lists", []) for _ in range(k["num_bullets"])]
    lines += ["so *zz* zz" for k in given.get("number_highlighted_sections", []) for _ in range(k["num_highlights"])]
    lines += ["ZZ" for k in given.get("capital_word_frequency", []) if k["capital_relation"] == "at least" for _ in range(k["capital_frequency"])]
    lines += [word for k in given.get("existence", []) for word in k["keywords"]]
    lines += [k["keyword"] for k in given.get("frequency", []) if k["relation"] == "at least" for _ in range(k["frequency"])]
    lines += ["zz " * k["num_words"] for k in given.get("number_words", []) if k["relation"] == "at least"]
    lines += [k["end_phrase"] for k in given.get("end_checker", [])]
    text = "\n".join(lines)
    text = text.upper() if "english_capital" in given else text.lower() if "english_lowercase" in given else text
    return f'"{text}"' if "quotation" in given else text
