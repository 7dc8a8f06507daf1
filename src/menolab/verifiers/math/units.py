"""Units of measure, percent and currency: what stands after (or, for money, before) a number."""

from __future__ import annotations

import functools
import re
from fractions import Fraction
from typing import NamedTuple

_LENGTH = {
    "mm millimeter millimetre 毫米": Fraction(1, 1000), "cm centimeter centimetre 厘米": Fraction(1, 100), "dm decimeter 分米": Fraction(1, 10),
    "m meter metre 米": 1, "km kilometer kilometre 千米 公里": 1000, "inch inche in": Fraction(254, 10000), "ft foot feet": Fraction(3048, 10000),
    "yd yard": Fraction(9144, 10000), "mi mile": Fraction(1609344, 1000),
}  # fmt: skip
_TIME = {
    "ms millisecond": Fraction(1, 1000), "s sec second 秒 秒钟": 1, "min minute 分钟": 60, "h hr hour 小时": 3600, "day 天": 86400, "week 周": 604800,
}  # fmt: skip
_MASS = {
    "mg milligram": Fraction(1, 1000), "g gm gram 克": 1, "kg kilogram 千克 公斤": 1000,
    "oz ounce": Fraction(28349523125, 10**9), "lb lbs pound": Fraction(45359237, 10**5),
}  # fmt: skip
_VOLUME = {"ml milliliter millilitre 毫升": Fraction(1, 10**6), "l liter litre 升": Fraction(1, 1000)}
_MONEY = {"$ dollar usd buck 美元": 1, "cent ¢": Fraction(1, 100)}
_OTHER = {
    "percent % pct percentage": ("percent", 1), "° degree deg 度": ("degree", 1), "euro € eur 欧元": ("euro", 1),
    "yuan 元 rmb cny 人民币 yen 日元": ("yuan", 1), "rupee": ("rupee", 1), "£": ("pound sterling", 1),
    "month 月": ("month", 1), "year 年": ("year", 1), "am a.m": ("morning", 1), "pm p.m": ("afternoon", 1),
}  # fmt: skip

Dims = tuple[tuple[str, int], ...]
KNOWN: dict[str, tuple[Fraction, Dims]] = {"mph": (Fraction(1609344, 3600000), (("length", 1), ("time", -1)))}
"""Word in the singular -> factor to the base unit, and dimensions."""
for _table, _dimension, _power in ((_LENGTH, "length", 1), (_TIME, "time", 1), (_MASS, "mass", 1), (_VOLUME, "length", 3), (_MONEY, "dollar", 1)):
    for _words, _factor in _table.items():
        KNOWN |= {word: (Fraction(_factor), ((_dimension, _power),)) for word in _words.split()}
for _words, _unit in _OTHER.items():
    KNOWN |= {word: (Fraction(1), (_unit,)) for word in _words.split()}
for _name in ("毫米", "厘米", "分米", "米", "千米"):
    KNOWN |= {f"{_of}{_name}": (KNOWN[_name][0] ** _power, (("length", _power),)) for _of, _power in (("平方", 2), ("立方", 3))}

BARE = frozenset(word for word in KNOWN if len(word) >= 2 and word.isascii() and word.isalpha()) | {"cms", "kms", "mins", "hrs", "secs", "lbs"}
"""Units that are recognised after a number without text markup; single letters are variables there."""
_NO_UNIT = re.compile(
    r"\b(?:pi|or|and|to|hundreds?|thousands?|millions?|billions?|trillions?|dozens?|lakhs?|crores?|half|halves|thirds?|quarters?"
    r"|(?:four|fif|six|seven|eigh|nin|ten|twelf|\w+teen|\w+tie|hundred|thousand|million)ths?(?=$| of\b)"
    r"|plus|minus|below|times(?!$| (?:as|[a-z]+er)\b)|over|mod|log|ln|sqrt|factorial|not|is|isn|"
    r"wrong|incorrect|false|no|never|but|if|unless|either|maybe|perhaps|possibly|approximately|about|more|less|than|at|least|most|greater|fewer)\b|^(?:squared|cubed)\b|[或和与约多少错半万亿不至左右以]",
    re.IGNORECASE,
)
"""Words that change a number, or take it back, rather than say what is counted."""
_PART = re.compile(r"([A-Za-z$%°€£¢\u4e00-\u9fff]+)(?:\^\{?(-?[1-9])\}?)?")
_POWER_WORDS = {"square": 2, "sq": 2, "cubic": 3, "cu": 3, "squared": 2, "cubed": 3}


class Unit(NamedTuple):
    """A product of powers. Words that no table knows are dimensions of their own."""

    factor: Fraction
    dims: Dims
    unknown: frozenset[str]
    unspecified: int
    """The power of "units", which fits any unit of that power; 0 where the word does not occur."""

    @property
    def power(self) -> int:
        """Sum of all powers: 2 for an area."""
        return self.unspecified or sum(power for _, power in self.dims)


def is_unit(text: str) -> bool:
    """Whether words after a number can be its unit."""
    return 0 < len(text) <= 60 and not _NO_UNIT.search(text) and bool(_PART.search(text))


@functools.lru_cache(maxsize=1024)
def read_unit(text: str) -> Unit:
    """The unit that `text` writes: "cm^2", "square centimeters", "km/h", "miles per hour", "distinct integers"."""
    factor, dims, unknown, sign, power = Fraction(1), dict[str, int](), set[str](), 1, 1
    text = text.lower().replace("²", "^2").replace("³", "^3").replace(" per ", "/").replace(".", " ")
    text = re.sub(r"\s+(squared|cubed)\b", lambda m: f"^{_POWER_WORDS[m.group(1)]}", text)
    unspecified = 0
    for match in re.finditer(r"/|" + _PART.pattern, text):
        if match.group() == "/":
            sign = -1
            continue
        word, exponent = match.group(1), int(match.group(2) or 1)
        if word in _POWER_WORDS:
            power = _POWER_WORDS[word]
            continue
        known = KNOWN.get(word) or KNOWN.get(word.removesuffix("s"))
        if word.removesuffix("s") == "unit":
            unspecified = sign * exponent * power
        elif known is None:
            unknown.add(word.removesuffix("s"))
        else:
            total = sign * exponent * power
            factor *= known[0] ** total
            for name, each in known[1]:
                dims[name] = dims.get(name, 0) + each * total
        sign, power = (sign if "/" in text[: match.end()] else 1), 1
    return Unit(factor, tuple(sorted((n, p) for n, p in dims.items() if p)), frozenset(unknown), unspecified)
