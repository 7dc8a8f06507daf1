"""Which language is this? Asked of langdetect, which IFEval uses; without it nobody can tell."""

from __future__ import annotations

import functools
import threading
from typing import Any

_LOCK = threading.Lock()
_LONGEST = 20_000
"""Characters that are looked at; langdetect itself looks at 10,000."""


class Unknown(RuntimeError):
    """The language cannot be told here."""


@functools.cache
def _factory() -> Any:
    try:
        from langdetect import detector_factory  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise Unknown("which language it is cannot be told without langdetect: pip install 'menolab[constraints]'") from error
    factory = detector_factory.DetectorFactory()
    factory.set_seed(0)  # it draws lots; with a seed the same text gets the same answer
    factory.load_profile(detector_factory.PROFILES_DIRECTORY)
    return factory


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language that `text` is written in, None where nothing in it tells (digits and signs alone).

    Raises:
        Unknown: langdetect is not installed.
    """
    with _LOCK:
        factory = _factory()
    from langdetect.lang_detect_exception import LangDetectException  # pyright: ignore[reportMissingImports]

    detector = factory.create()
    try:
        detector.append(text[:_LONGEST])
        return detector.detect()
    except LangDetectException:
        return None
