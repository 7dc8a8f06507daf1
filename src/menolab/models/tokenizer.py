"""The laptop ground's own tokenizer: bytes, the thinking tags, and small whole numbers where asked for."""

from __future__ import annotations

from typing import Any

from menolab.errors import check_range
from menolab.verifiers.extract import TAGS

PAD, BOS, EOS = "<pad>", "<bos>", "<eos>"


def build_tokenizer(numbers: int = 0) -> Any:
    """A byte-level tokenizer as a standard Hugging Face object: any text comes back exactly, and there is no unknown token.

    Ids: <pad> 0, <bos> 1, <eos> 2, the four tags 3 to 6, the 256 bytes 7 to 262, then the numbers. A
    digit is one token, so that a number's tokens line up with its places, unless `numbers` makes whole small numbers tokens. <pad>, <bos> and
    <eos> written in a text are read as ordinary text: nothing a prompt says can end or blank a sequence. The tags are read as tags, and survive
    decoding whatever `skip_special_tokens` says.

    Args:
        numbers: 10 to this number (at most 999) are one token each. Digits are cut from the left into threes, and a piece that is no such token
            ("007", or 256 where numbers is 199) is read digit by digit.

    Returns:
        A `PreTrainedTokenizerFast`; `save_pretrained` writes a folder that `AutoTokenizer` loads.

    Source: byte-level BPE of GPT-2 (Radford et al. 2019, section 2.2); single digits as in Llama (arXiv:2302.13971, section 2.1).
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models, processors
    from transformers import PreTrainedTokenizerFast

    check_range("numbers", numbers, 0, 999)
    small = [str(n) for n in range(10, numbers + 1)]
    pieces = [PAD, BOS, EOS, *TAGS, *_byte_letters(), *small]
    vocabulary = {piece: i for i, piece in enumerate(pieces)}
    # ignore_merges: a piece that is in the vocabulary is that token at once, which is how numbers are found.
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], ignore_merges=True))
    tokenizer.pre_tokenizer = _splitter(r"\d{1,3}" if small else r"\d")
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{BOS} $A", special_tokens=[(BOS, vocabulary[BOS])])
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in (PAD, BOS, EOS)])
    tokenizer.add_tokens([AddedToken(t, special=False, normalized=False) for t in TAGS])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token=PAD, bos_token=BOS, eos_token=EOS, clean_up_tokenization_spaces=False, split_special_tokens=True
    )


def _splitter(digits: str) -> Any:
    """Matches of `digits` and every "<" apart, then bytes.

    A piece that spelt <pad> would be that token; cut at "<", none does. GPT-2's own splitting would do, at 1.3 times the time: without merges it is no matter.
    """
    from tokenizers import Regex, pre_tokenizers

    to_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(f"{digits}|<"), "isolated"), to_bytes])


def _byte_letters() -> list[str]:
    """The printable letter that stands for each byte 0 to 255 in a byte-level vocabulary, in byte order.

    Source: `bytes_to_unicode` of GPT-2's encoder: printable Latin-1 stands for itself, the rest is moved above 255 in order.
    """
    own = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    moved = iter(range(256, 512))
    return [chr(b) if b in own else chr(next(moved)) for b in range(256)]
