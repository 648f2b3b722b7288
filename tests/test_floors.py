"""A package imports only from floors below its own, and there are no cycles."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "eximconf"
FLOORS = {
    "source": 0,
    "catalog": 1,
    "syntax": 2,
    "config": 3,
    "runtime": 4, "match": 4, "lookup": 4, "dns": 4, "message": 4, "mailauth": 4,
    "expand": 5, "acl": 5, "route": 5, "deliver": 5,
    "smtp": 6, "lint": 6, "replay": 6,
    "report": 7,
    "api": 8, "cli": 8, "lsp": 8, "server": 8, "pytest_plugin": 8, "__main__": 8, "__init__": 8,
}  # fmt: skip
BESIDE = {
    "message": {"runtime", "match"},
    "match": {"runtime", "lookup", "dns", "message"},
    "lookup": {"runtime", "match", "dns", "message", "mailauth"},
    "dns": {"runtime", "match", "message"},
    "mailauth": {"runtime", "match", "lookup", "dns", "message"},
    "acl": {"expand"},
    "route": {"expand"},
    "deliver": {"expand", "route"},
    "replay": {"smtp"},
}
"""Which rooms of one floor may use which others of it."""


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(name: str) -> str:
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imported(path: Path) -> set[str]:
    """The modules of the project that *path* imports, also inside functions and for types only."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
            if node.module == "eximconf":
                found.update(f"eximconf.{alias.name}" for alias in node.names)
    return {name for name in found if name.startswith("eximconf.")}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    floor = FLOORS[own]
    for name in imported(path):
        other = room(name)
        if other == own or other == "__version__":
            continue
        below = FLOORS[other] < floor
        beside = FLOORS[other] == floor and (floor == 8 or other in BESIDE.get(own, set()))
        assert below or beside, f"{path.relative_to(PACKAGE)} (floor {floor}) imports {name} (floor {FLOORS[other]})"


def imported_at_once(path: Path) -> set[str]:
    """What is imported while *path* itself is."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def test_modules_do_not_import_each_other() -> None:
    names = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path for path in modules()}
    names = {name.removesuffix(".__init__"): path for name, path in names.items()}
    waiting = {name: (imported_at_once(path) & set(names)) - {name} for name, path in names.items()}
    while free := [name for name, needs in waiting.items() if not needs & set(waiting)]:
        for name in free:
            del waiting[name]
    assert not waiting, f"these import each other: {sorted(waiting)}"


def test_every_package_has_a_floor() -> None:
    rooms = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in modules()}
    assert rooms <= set(FLOORS)
