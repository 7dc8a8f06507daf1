from __future__ import annotations

from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.evaluation.record import save
from menolab.keys import Key
from menolab.studies.subject import subjects
from studies.simulated import bernoulli, result
from tiny import tiny_run, tiny_setup


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder with a cold-started and a trained model, which are the same one."""
    folder = tmp_path_factory.mktemp("run") / "r"
    tiny_run(folder)
    policy = tiny_setup().base(Key.root(0))
    for state in ("cold_start", "trained"):
        policy.save(folder / "models" / state)
        save(folder / "evaluation" / "countdown", state, result(bernoulli([0.5] * 4, 3, 0), model=state))
    return folder


def test_a_run_alone_is_its_states_and_among_others_its_last_model(run: Path, tmp_path: Path):
    states = subjects([str(run)])
    assert [s.label for s in states] == ["base", "cold_start", "trained"]
    assert [set(s.results) for s in states] == [set(), {"countdown"}, {"countdown"}] and all(s.setup is not None for s in states)
    record = save(tmp_path, "mine", result(bernoulli([0.5] * 4, 3, 1), model="other"))
    mixed = subjects([str(record), str(run), str(run / "models" / "cold_start")])
    assert [s.label for s in mixed] == ["other", str(run), str(run / "models" / "cold_start")]
    assert mixed[0].engine is None and mixed[1].results and not mixed[2].results


def test_models_are_loaded_when_asked_for_and_kept(run: Path):
    base, _, trained = subjects([str(run)])
    assert trained.policy() is trained.policy() and base.policy().context == 128


def test_labels_are_told_apart(tmp_path: Path):
    paths = [str(save(tmp_path / name, "m", result(bernoulli([0.5] * 4, 3, 1)))) for name in ("a", "b")]
    assert [s.label for s in subjects(paths)] == paths
    (folder,) = subjects([str(tmp_path / "a")])
    assert folder.engine is None and set(folder.results) == {"countdown"}
    with pytest.raises(BadInput, match="named twice"):
        subjects([paths[0], paths[0]])


def test_what_is_not_there_is_said(tmp_path: Path):
    with pytest.raises(BadInput, match="name what to study"):
        subjects([])
    with pytest.raises(BadInput, match="holds no run, no model"):
        subjects([str(tmp_path)])
    (tmp_path / "recipe.json").write_text("{")
    with pytest.raises(BadInput, match="not a recipe"):
        subjects([str(tmp_path)])
