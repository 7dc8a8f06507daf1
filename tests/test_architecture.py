"""The house as drawn from the imports: no cycle, and lower rooms never import higher ones (docs/architecture.md)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from conftest import REPOSITORY

SOURCE = REPOSITORY / "src"
LAYERS = [
    {"errors", "keys", "records", "pieces", "files", "load", "heap", "sandbox"},
    {"schedules", "verifiers", "engines.decoding", "engines.steering", "engines.engine"},
    {"tasks", "models"},
    {"engines", "samplers", "judges", "rewards", "curricula", "advantages", "losses"},
    {"evaluation"},
    {"runs"},
    {"stages"},
    {"methods", "setups", "reports"},
    {"bench", "ledger", "studies"},
    {"cli"},
]


def _modules() -> dict[str, Path]:
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        found[".".join(p for p in parts if p != "__init__")] = path
    return found


MODULES = _modules()


def _imports(path: Path, *, deep: bool) -> set[str]:
    """menolab modules that a file imports: at its top, or with `deep` anywhere but under TYPE_CHECKING."""
    tree = ast.parse(path.read_text())
    if deep:
        guarded = [n for n in ast.walk(tree) if isinstance(n, ast.If) and isinstance(n.test, ast.Name) and n.test.id == "TYPE_CHECKING"]
        hidden = {id(inner) for outer in guarded for inner in ast.walk(outer)}
        nodes = [n for n in ast.walk(tree) if id(n) not in hidden]
    else:
        nodes = tree.body
    names = {n.module for n in nodes if isinstance(n, ast.ImportFrom) and n.module}
    names |= {f"{n.module}.{a.name}" for n in nodes if isinstance(n, ast.ImportFrom) and n.module for a in n.names}
    names |= {a.name for n in nodes if isinstance(n, ast.Import) for a in n.names}
    return names & set(MODULES)


def _layer(module: str) -> int | None:
    """The layer of a module, by its longest listed prefix; None for the package itself and its entry point."""
    name = module.removeprefix("menolab").lstrip(".")
    hits = [(len(room), i) for i, layer in enumerate(LAYERS) for room in layer if name == room or name.startswith(room + ".")]
    return max(hits)[1] if hits else None


def test_every_module_has_a_layer() -> None:
    assert [m for m in MODULES if _layer(m) is None] == ["menolab", "menolab.__main__"]


@pytest.mark.parametrize("module", sorted(MODULES))
def test_no_upward_import(module: str) -> None:
    own = _layer(module)
    if own is None:
        return
    up = [name for name in _imports(MODULES[module], deep=True) if (_layer(name) or 0) > own]
    assert not up, f"{module} (layer {own}) imports {up}"


def test_no_import_cycle() -> None:
    graph = {m: _imports(p, deep=False) - {m} for m, p in MODULES.items()}
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path[path.index(module) :], module))
        if module not in done:
            for other in graph[module]:
                visit(other, (*path, module))
            done.add(module)

    for module in graph:
        visit(module, ())


def test_the_page_names_every_room() -> None:
    page = (REPOSITORY / "docs" / "architecture.md").read_text()
    rooms = {p.parent.name for p in SOURCE.rglob("__init__.py")} - {"menolab"}
    assert [room for room in sorted(rooms) if f"`{room}/" not in page] == []
