"""Loading models: what works, and every way in which a folder can be wrong."""

from __future__ import annotations

import json

import pytest
import torch
from safetensors.torch import load_file, save_file
from tests.models.architectures import tiny

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.models.checkpoint import Checkpoint
from menolab.models.fresh import Fresh

SMALL = Fresh(width=16, layers=2, heads=2, kv_heads=1, head_width=8, mlp=32, context=64)


@pytest.fixture
def folder(tmp_path):
    SMALL(Key.root(0)).save(tmp_path / "m")
    return tmp_path / "m"


def refused(folder, match):
    with pytest.raises(BadInput, match=match):
        Checkpoint(str(folder))(Key.root(0))


def change_config(folder, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_loads_and_ignores_the_key(folder):
    a, b = Checkpoint(str(folder))(Key.root(0)), Checkpoint(str(folder))(Key.root(1))
    assert torch.equal(a.model.lm_head.weight, b.model.lm_head.weight)
    assert not a.model.training
    assert a.chat is False


def test_dtype(folder):
    assert Checkpoint(str(folder), dtype="bfloat16")(Key.root(0)).model.dtype == torch.bfloat16
    assert Checkpoint(str(folder))(Key.root(0)).model.dtype == torch.float32
    with pytest.raises(BadInput, match="dtype"):
        Checkpoint(str(folder), dtype="int8")  # type: ignore[arg-type]


def test_dropout_is_off_even_in_training_mode(tmp_path):
    tiny("gpt2", attn_pdrop=0.5, resid_pdrop=0.5, embd_pdrop=0.5).save(tmp_path / "a")
    tiny("llama", attention_dropout=0.5).save(tmp_path / "b")
    for name in "ab":
        policy = Checkpoint(str(tmp_path / name))(Key.root(0))
        policy.model.train()
        tokens = torch.arange(10)[None]
        with torch.no_grad():
            assert torch.equal(policy.hidden(tokens), policy.hidden(tokens))


@pytest.mark.parametrize("name", ["./nowhere", "/no/such/folder", "~/no such folder", "a/b/c", ""])
def test_missing_folder(name):
    with pytest.raises(BadInput, match=r"no such folder|give a folder"):
        Checkpoint(name)(Key.root(0))


def test_hub_name_that_cannot_be_had():
    with pytest.raises(BadInput, match="no such folder, and the Hub does not give it"):
        Checkpoint("menolab-nobody/nothing")(Key.root(0))


@pytest.mark.parametrize(("name", "match"), [("config.json", "config.json"), ("model.safetensors", "no weights"), ("tokenizer.json", "tokenizer")])
def test_missing_file_is_named(folder, name, match):
    (folder / name).unlink()
    refused(folder, match)


def test_pickled_weights_only(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    refused(folder, "pickled")


def test_code_of_its_own(folder):
    change_config(folder, model_type="strange", auto_map={"AutoModelForCausalLM": "evil.Model"})
    (folder / "evil.py").write_text("raise SystemExit('ran')")
    refused(folder, "code of its own")


def test_code_beside_a_known_type_is_not_run(folder):
    change_config(folder, auto_map={"AutoModelForCausalLM": "evil.Model", "AutoConfig": "evil.Config"})
    (folder / "evil.py").write_text("raise SystemExit('ran')")
    assert type(Checkpoint(str(folder))(Key.root(0)).model).__module__.startswith("transformers.")


def test_unknown_model_type(folder):
    change_config(folder, model_type="strange")
    refused(folder, "strange")


def test_a_type_that_is_no_causal_model(folder):
    change_config(folder, model_type="vit", architectures=["ViTModel"])
    refused(folder, "cannot be loaded")


def test_damaged_config(folder):
    (folder / "config.json").write_text('{"model_type": ')
    refused(folder, "not JSON")


def test_damaged_weights(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:1000])
    refused(folder, "damaged")


def test_missing_tensors_are_not_filled_at_random(folder):
    weights = load_file(folder / "model.safetensors")
    del weights["model.layers.1.mlp.up_proj.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    refused(folder, r"model\.layers\.1\.mlp\.up_proj\.weight")


def test_weights_of_another_shape(folder):
    change_config(folder, intermediate_size=48)
    refused(folder, "cannot be loaded")


def test_absent_shard(folder):
    (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors")
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    refused(folder, r"1 of 2 weight files, e\.g\. model-00002-of-00002")


def test_tokenizer_of_a_larger_model(folder):
    from menolab.models.tokenizer import build_tokenizer

    build_tokenizer(numbers=12).save_pretrained(folder)
    refused(folder, "do not belong together")


def test_adapter_folder(folder):
    (folder / "config.json").unlink()
    (folder / "adapter_config.json").write_text("{}")
    refused(folder, "adapter")
