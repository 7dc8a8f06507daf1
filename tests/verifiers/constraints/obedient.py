"""Responses that follow one constraint, and such that do not, made from the constraint's own settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

English = "the house on the hill was built by people who loved the sea and the long evenings of summer"


def _related(number: int, relation: str, follow: bool) -> int:
    """How many of something there are to be, so that the relation holds or fails."""
    return number if (relation == "at least") == follow else max(0, number - 1)


def _words(n: int, word: str = "word") -> str:
    return " ".join([word] * n) or "!"


def _not(found: str, otherwise: str, follow: bool) -> str:
    return found if follow else otherwise


def _paragraphs(k: dict[str, Any], follow: bool) -> str:
    parts = ["Some text."] * k["num_paragraphs"]
    parts[k["nth_paragraph"] - 1] = f"{k['first_word'].title()}, then" if follow else "Nothing of that"
    return "\n\n".join(parts)


MAKERS: dict[str, Callable[[dict[str, Any], bool], str]] = {
    "keywords:existence": lambda k, f: " and ".join(k["keywords"] if f else k["keywords"][1:] or ["0"]).upper(),
    "keywords:frequency": lambda k, f: _words(_related(k["frequency"], k["relation"], f), k["keyword"]),
    "keywords:forbidden_words": lambda k, f: _not("0 0", f"x {k['forbidden_words'][-1].upper()}, y", f),
    "keywords:letter_frequency": lambda k, f: "." + k["letter"].upper() * _related(k["let_frequency"], k["let_relation"], f),
    "length_constraints:number_sentences": lambda k, f: "This is it. " * _related(k["num_sentences"], k["relation"], f) or " ",
    "length_constraints:number_paragraphs": lambda k, f: "\n***\n".join(["text"] * (k["num_paragraphs"] + (not f))),
    "length_constraints:number_words": lambda k, f: _words(_related(k["num_words"], k["relation"], f)),
    "length_constraints:nth_paragraph_first_word": _paragraphs,
    "detectable_content:number_placeholders": lambda k, f: "To [name] " * (k["num_placeholders"] - (not f)) or "To",
    "detectable_content:postscript": lambda k, f: "Yours\n" + (k["postscript_marker"].lower() + " more" if f else "PS"),
    "detectable_format:number_bullet_lists": lambda k, f: "List\n" + "* one\n" * k["num_bullets"] + _not("", "- two", f),
    "detectable_format:constrained_response": lambda k, f: _not(" My answer is maybe. ", "My answer is perhaps.", f),
    "detectable_format:number_highlighted_sections": lambda k, f: "so *much* " * (k["num_highlights"] - (not f)) + "and ** **",
    "detectable_format:multiple_sections": lambda k, f: "\n".join(
        f"{k['section_spliter']} {n}\ntext" for n in range(k["num_sections"] - (not f))
    ) or "text",
    "detectable_format:json_format": lambda k, f: '```json\n{"a": [1, 2]}\n```' if f else '{"a": [1, 2}',
    "detectable_format:title": lambda k, f: _not("<<A title>>\ntext", "<< >>\ntext", f),
    "combination:two_responses": lambda k, f: "one\n******\n" + _not("two", "one", f),
    "combination:repeat_prompt": lambda k, f: _not("", "Sure! ", f) + k["prompt_to_repeat"].upper() + "\nanswer",
    "startend:end_checker": lambda k, f: "text " + k["end_phrase"].upper() + _not('"', " Bye", f),
    "startend:quotation": lambda k, f: '"text"' + _not("\n", " said I", f),
    "change_case:capital_word_frequency": lambda k, f: "a " + "WORD a " * _related(k["capital_frequency"], k["capital_relation"], f),
    "punctuation:no_comma": lambda k, f: _not("no; comma", "a, comma", f),
    "language:response_language": lambda k, f: _not(GREETINGS[k["language"]], GREETINGS["en" if k["language"] != "en" else "de"], f),
    "change_case:english_capital": lambda k, f: _not(English.upper(), English.title(), f),
    "change_case:english_lowercase": lambda k, f: _not(English, English.title(), f),
}  # fmt: skip
MAKERS["length_constraint_checkers:number_words"] = MAKERS["length_constraints:number_words"]
SPEAKING = ("language:response_language", "change_case:english_capital", "change_case:english_lowercase")
"""Kinds that need langdetect where they hold."""
GREETINGS = {
    "en": English,
    "de": "Das Haus auf dem Hügel wurde von Leuten gebaut, die das Meer und die langen Abende liebten",
    "es": "La casa en la colina fue construida por personas que amaban el mar y las largas tardes de verano",
    "pt": "A casa na colina foi construída por pessoas que amavam o mar e as longas tardes de verão",
    "fr": "La maison sur la colline a été construite par des gens qui aimaient la mer et les longues soirées",
    "it": "La casa sulla collina è stata costruita da persone che amavano il mare e le lunghe serate d'estate",
    "fi": "Talon mäellä rakensivat ihmiset, jotka rakastivat merta ja kesän pitkiä iltoja",
    "sw": "Nyumba iliyo juu ya kilima ilijengwa na watu waliopenda bahari na jioni ndefu za kiangazi",
    "vi": "Ngôi nhà trên đồi được xây bởi những người yêu biển và những buổi tối mùa hè dài",
    "pl": "Dom na wzgórzu zbudowali ludzie, którzy kochali morze i długie letnie wieczory",
    "ru": "Дом на холме построили люди, которые любили море и долгие летние вечера",
    "uk": "Будинок на пагорбі збудували люди, які любили море і довгі літні вечори",
    "bg": "Къщата на хълма е построена от хора, които обичаха морето и дългите летни вечери",
    "ar": "بنى البيت على التل أناس أحبوا البحر وأمسيات الصيف الطويلة",
    "fa": "خانه روی تپه را مردمی ساختند که دریا و شب‌های بلند تابستان را دوست داشتند",
    "ur": "پہاڑی پر گھر ان لوگوں نے بنایا تھا جو سمندر اور گرمیوں کی لمبی شاموں سے محبت کرتے تھے",
    "he": "הבית על הגבעה נבנה על ידי אנשים שאהבו את הים ואת ערבי הקיץ הארוכים",
    "hi": "पहाड़ी पर घर उन लोगों ने बनाया था जिन्हें समुद्र और गर्मियों की लंबी शामें पसंद थीं",
    "mr": "टेकडीवरचे घर समुद्र आणि उन्हाळ्यातील लांब संध्याकाळ आवडणाऱ्या लोकांनी बांधले होते",
    "ne": "पहाडको घर समुद्र र गर्मीका लामा साँझहरू मन पराउने मानिसहरूले बनाएका थिए",
    "bn": "পাহাড়ের উপর বাড়িটি এমন মানুষরা তৈরি করেছিল যারা সমুদ্র এবং গ্রীষ্মের দীর্ঘ সন্ধ্যা ভালোবাসত",
    "gu": "ટેકરી પરનું ઘર એવા લોકોએ બનાવ્યું હતું જેમને સમુદ્ર અને ઉનાળાની લાંબી સાંજ ગમતી હતી",
    "pa": "ਪਹਾੜੀ ਉੱਤੇ ਘਰ ਉਹਨਾਂ ਲੋਕਾਂ ਨੇ ਬਣਾਇਆ ਸੀ ਜੋ ਸਮੁੰਦਰ ਨੂੰ ਪਿਆਰ ਕਰਦੇ ਸਨ",
    "ta": "மலையின் மேல் உள்ள வீட்டை கடலையும் நீண்ட மாலைகளையும் நேசித்த மக்கள் கட்டினார்கள்",
    "te": "కొండపై ఉన్న ఇంటిని సముద్రాన్ని మరియు వేసవి సాయంత్రాలను ప్రేమించిన ప్రజలు నిర్మించారు",
    "kn": "ಬೆಟ್ಟದ ಮೇಲಿನ ಮನೆಯನ್ನು ಸಮುದ್ರವನ್ನು ಪ್ರೀತಿಸಿದ ಜನರು ಕಟ್ಟಿದರು",
    "ml": "കുന്നിൻ മുകളിലെ വീട് കടലിനെ സ്നേഹിച്ച ആളുകളാണ് പണിതത്",
    "th": "บ้านบนเนินเขาถูกสร้างโดยผู้คนที่รักทะเลและค่ำคืนอันยาวนานของฤดูร้อน",
    "ja": "丘の上の家は、海と夏の長い夕べを愛した人々によって建てられました",
    "ko": "언덕 위의 집은 바다와 긴 여름 저녁을 사랑한 사람들이 지었습니다",
    "zh": "山上的房子是由热爱大海的人们建造的",
}
