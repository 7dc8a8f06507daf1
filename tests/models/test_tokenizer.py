"""The laptop tokenizer gives every text back, keeps digits apart, and survives the disk."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Regex
from tokenizers.pre_tokenizers import ByteLevel, Sequence, Split
from transformers import AutoTokenizer

from menolab.errors import BadInput
from menolab.models.tokenizer import TAGS, build_tokenizer

BYTES = build_tokenizer()
NUMBERS = build_tokenizer(numbers=199)

awkward = st.one_of(
    st.text(),
    st.text(alphabet=" \t\n\r0123456789<>/aethinkswr\u0301\u200d🙂한é"),
    st.sampled_from(["<eos>", "<pad><bos>", "</answer>", "  a  . , 's"]),
    st.lists(st.sampled_from(["<pad>", "<eos>", "<", ">", "</answer>", " ", "\n", "7", "10", "007", "199", "\u0663", "\u00bd", "é", "don't"])).map("".join),
)


@pytest.mark.parametrize("tokenizer", [BYTES, NUMBERS], ids=["bytes", "numbers"])
@settings(max_examples=150, deadline=None)
@given(text=awkward)
def test_any_text_comes_back(tokenizer, text):
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    assert tokenizer.decode(ids) == text
    assert not set(ids) & set(tokenizer.all_special_ids), "text must never become <pad>, <bos> or <eos>"


def older(numbers):
    """The tokenizer with GPT-2's splitting into words, as folders on disk may hold it."""
    tokenizer = build_tokenizer(numbers)
    digits = Split(Regex(r"\d{1,3}" if numbers else r"\d"), "isolated")
    tokenizer.backend_tokenizer.pre_tokenizer = Sequence([digits, ByteLevel(add_prefix_space=False)])
    return tokenizer


@pytest.mark.parametrize(("tokenizer", "other"), [(BYTES, older(0)), (NUMBERS, older(199))], ids=["bytes", "numbers"])
@settings(max_examples=150, deadline=None)
@given(text=awkward)
def test_splitting_into_words_changes_no_token(tokenizer, other, text):
    assert tokenizer(text)["input_ids"] == other(text)["input_ids"]


@pytest.mark.parametrize("tokenizer", [BYTES, NUMBERS], ids=["bytes", "numbers"])
@pytest.mark.parametrize("text", ["<pad>", "1<eos>2", "12<bos>", " <pad>\n", "<<eos>>", "1<think2", "10<answer></answer"])
def test_no_piece_spells_a_token_of_the_tokenizer_s_own(tokenizer, text):
    assert tokenizer.decode(tokenizer(text, add_special_tokens=False)["input_ids"]) == text
    assert not set(tokenizer(text, add_special_tokens=False)["input_ids"]) & {0, 1, 2, 3, 4, 6}


def test_one_token_a_byte_and_ids_as_documented():
    assert len(BYTES) == 263
    assert (BYTES.pad_token_id, BYTES.bos_token_id, BYTES.eos_token_id) == (0, 1, 2)
    assert BYTES("Aé", add_special_tokens=False)["input_ids"] == [7 + b for b in "Aé".encode()]
    assert BYTES("A")["input_ids"] == [1, 7 + 65]
    assert [BYTES.convert_tokens_to_ids(tag) for tag in TAGS] == [3, 4, 5, 6]


def test_tags_are_single_tokens_that_survive_decoding():
    text = "<think>1+2</think><answer>3</answer>"
    ids = BYTES(text, add_special_tokens=False)["input_ids"]
    assert len(ids) == 4 + 3 + 1
    assert BYTES.decode([*ids, BYTES.eos_token_id], skip_special_tokens=True) == text


@pytest.mark.parametrize("tokenizer", [BYTES, NUMBERS], ids=["bytes", "numbers"])
def test_saved_and_loaded_is_the_same(tokenizer, tmp_path):
    tokenizer.save_pretrained(tmp_path)
    loaded = AutoTokenizer.from_pretrained(tmp_path)
    text = "The target <answer>12</answer> 199 256 <eos> é"
    assert loaded(text)["input_ids"] == tokenizer(text)["input_ids"]
    assert loaded.decode(loaded(text, add_special_tokens=False)["input_ids"]) == text
    assert (loaded.pad_token_id, loaded.bos_token_id, loaded.eos_token_id, len(loaded)) == (0, 1, 2, len(tokenizer))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("7 10+199", ["7", "10", "199"]),
        ("200", ["2", "0", "0"]),
        ("1234", ["123", "4"]),
        ("12345", ["123", "45"]),
        ("256199", ["2", "5", "6", "199"]),
        ("007", ["0", "0", "7"]),
    ],
)
def test_small_numbers_are_one_token_and_others_are_digits(text, tokens):
    pieces = NUMBERS.convert_ids_to_tokens(NUMBERS(text, add_special_tokens=False)["input_ids"])
    assert [piece for piece in pieces if piece[-1].isdigit()] == tokens
    assert NUMBERS.convert_tokens_to_ids("10") == 263


def test_numbers_change_nothing_else():
    text = "Find the target, <think>"
    assert NUMBERS.convert_ids_to_tokens(NUMBERS(text)["input_ids"]) == BYTES.convert_ids_to_tokens(BYTES(text)["input_ids"])


@pytest.mark.parametrize("wrong", [{"numbers": -1}, {"numbers": 1000}])
def test_bad_sizes_are_refused(wrong):
    with pytest.raises(BadInput, match=next(iter(wrong))):
        build_tokenizer(**wrong)
