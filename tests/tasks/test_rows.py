from __future__ import annotations

import pytest

from menolab.errors import BadInput
from menolab.tasks.rows import check_field


def test_check_field_tells_missing_from_mixed() -> None:
    check_field([{"a": 1}, {"a": None}], "a", "f")
    with pytest.raises(BadInput, match="did you mean answer"):
        check_field([{"answer": 1}], "anwser", "f")
    with pytest.raises(BadInput, match=r"2 of 3 rows lack it, the first is row 2"):
        check_field([{"a": 1}, {"b": 1}, {"b": 1}], "a", "f")
