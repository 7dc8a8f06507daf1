"""Prompts to tokens, tokens to text, and the folder on disk."""

from __future__ import annotations

import pytest
import torch
from safetensors import SafetensorError
from tests.models.architectures import CONFIGS, tiny
from transformers import AutoModelForCausalLM, AutoTokenizer

from menolab.errors import BadInput, RunFailed
from menolab.keys import Key
from menolab.models.checkpoint import Checkpoint
from menolab.models.fresh import Fresh
from menolab.models.lora import LoRA
from menolab.models.policy import Policy

SMALL = Fresh(width=16, layers=2, heads=2, kv_heads=1, head_width=8, mlp=32, context=64)
TEMPLATE = "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}"


@pytest.fixture
def policy() -> Policy:
    return SMALL(Key.root(0))


def test_plain_prompt_stands_behind_bos(policy):
    assert policy.encode("12") == (1, 7 + ord("1"), 7 + ord("2"))
    assert policy.encode("") == (1,)


def test_chat_prompt_goes_through_the_template_once(policy):
    policy.tokenizer.chat_template = TEMPLATE
    policy.chat = True
    assert policy.tokenizer.decode(policy.encode("hi")) == "[user]hi[assistant]"


@pytest.mark.parametrize("chat", [False, True])
def test_many_prompts_are_encoded_as_each_alone(policy, chat):
    policy.tokenizer.chat_template, policy.chat = TEMPLATE, chat
    prompts = ["30 100 93 = 23", "", "é\n", "<think>12", "30 100 93 = 23"]
    assert policy.encode_all(prompts) == [policy.encode(prompt) for prompt in prompts]
    assert policy.encode_all([]) == []


def test_chat_without_template_is_refused(policy):
    policy.chat = True
    with pytest.raises(BadInput, match="template"):
        policy.encode("hi")


def test_eos_that_a_tokenizer_appends_is_left_out(policy):
    from tokenizers.processors import TemplateProcessing

    policy.tokenizer.backend_tokenizer.post_processor = TemplateProcessing(single="$A <eos>", special_tokens=[("<eos>", 2)])
    assert policy.encode("1") == (7 + ord("1"),)
    with pytest.raises(BadInput, match="empty"):
        policy.encode("")


def test_decode_drops_ends_and_keeps_tags(policy):
    ids = policy.tokenizer("<think>a</think>", add_special_tokens=False)["input_ids"]
    assert policy.decode([*ids, 2]) == "<think>a</think>"
    assert policy.decode([1, 0, *ids, 0]) == "<think>a</think>"


def test_stop_ids_join_generation_config_and_tokenizer(policy):
    policy.model.generation_config.eos_token_id = [9, 5]
    assert policy.stop_ids == (2, 5, 9)


@pytest.mark.parametrize("name", CONFIGS)
def test_head_and_body_make_the_whole(name):
    policy = tiny(name)
    assert policy.agrees()
    tokens = torch.arange(20)[None] + 5
    with torch.no_grad():
        torch.testing.assert_close(policy.logits(policy.hidden(tokens)), policy.model(tokens).logits, rtol=1e-5, atol=1e-5)


def test_a_head_of_unknown_kind_is_noticed():
    policy = tiny("granite")
    policy.model.forward = lambda **inputs: type("Out", (), {"logits": torch.zeros(1, 3, 263)})()
    assert not policy.agrees()


@pytest.mark.parametrize("adapter", [None, LoRA(rank=2)])
def test_saved_folder_is_standard_and_gives_identical_logits(policy, tmp_path, adapter):
    if adapter is not None:
        policy = adapter(policy, Key.root(1))
        with torch.no_grad():
            for name, weight in policy.model.named_parameters():
                if "lora_B" in name:
                    weight.normal_(generator=torch.Generator().manual_seed(0))
    before = {n: p.clone() for n, p in policy.model.state_dict().items()}
    policy.save(tmp_path / "model")
    assert all(torch.equal(before[n], p) for n, p in policy.model.state_dict().items()), "saving must not touch the live weights"
    assert not list((tmp_path / "model").glob("*.bin"))
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "model").eval()
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "model")
    tokens = torch.tensor([tokenizer("1+2=")["input_ids"]])
    with torch.no_grad():
        own, loaded = policy.model(tokens).logits, model(tokens).logits
    if adapter is None:
        assert torch.equal(own, loaded)
    else:
        torch.testing.assert_close(own, loaded, rtol=1e-5, atol=1e-5)
    assert {n.partition(".")[0] for n in model.state_dict()} == {"model", "lm_head"}


def test_saving_again_replaces_and_leaves_nothing_behind(policy, tmp_path):
    policy.save(tmp_path / "model")
    (tmp_path / "model" / "stale.txt").write_text("old")
    with torch.no_grad():
        policy.model.lm_head.weight.add_(1)
    policy.save(tmp_path / "model")
    assert [p.name for p in tmp_path.iterdir()] == ["model"]
    assert not (tmp_path / "model" / "stale.txt").exists()
    loaded = Checkpoint(str(tmp_path / "model"))(Key.root(0))
    assert torch.equal(loaded.model.lm_head.weight, policy.model.lm_head.weight)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), SafetensorError("No space left on device")])
def test_a_failed_save_keeps_the_old_folder(policy, tmp_path, monkeypatch, error):
    policy.save(tmp_path / "model")

    def full(*_, **__):
        raise error

    monkeypatch.setattr(type(policy.model), "save_pretrained", full)
    with pytest.raises(RunFailed, match="No space left"):
        policy.save(tmp_path / "model")
    assert [p.name for p in tmp_path.iterdir()] == ["model"]
    Checkpoint(str(tmp_path / "model"))(Key.root(0))


@pytest.mark.parametrize("chat", [True, False])
def test_the_choice_of_chat_survives_the_disk(policy, tmp_path, chat):
    policy.tokenizer.chat_template = TEMPLATE
    policy.chat = chat
    policy.save(tmp_path / "model")
    assert Checkpoint(str(tmp_path / "model"))(Key.root(0)).chat is chat
    assert Checkpoint(str(tmp_path / "model"), chat=not chat)(Key.root(0)).chat is not chat
