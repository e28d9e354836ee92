"""What import contracts cannot see: sizes, names, writers, classified fields, excuses."""

import ast
import re
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

ROOT = Path(__file__).parent.parent.parent
CODE = [
    path
    for package in ("compliance_app", "reviews")
    for path in sorted((ROOT / package).rglob("*.py"))
    if "migrations" not in path.parts
]
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
FORBIDDEN = {"utils", "helpers", "common", "misc", "services", "manager"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(paths: list[Path]) -> Iterator[tuple[str, Function]]:
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, Function):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def lines(node: Function) -> int:
    """Lines of a function without its docstring."""
    body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1


def share(values: list[int], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


def test_functions_are_short() -> None:
    sizes = {name: lines(node) for name, node in functions(CODE)}
    assert statistics.median(sizes.values()) <= 8
    assert share(list(sizes.values()), 95) <= 30
    assert {name: size for name, size in sizes.items() if size > 50} == {}


def test_files_are_short() -> None:
    sizes = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in CODE}
    assert share(list(sizes.values()), 95) <= 350
    assert {name: size for name, size in sizes.items() if size > 500} == {}


def test_test_functions_are_short() -> None:
    sizes = [lines(node) for name, node in functions(TESTS) if node.name.startswith("test_")]
    assert share(sizes, 95) <= 40


def test_nothing_nests_deeper_than_three() -> None:
    deep = {name: depth for name, node in functions(CODE) if (depth := nesting(node)) > 3}
    assert deep == {}


def nesting(node: ast.AST, depth: int = 0) -> int:
    blocks = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match)
    depths = [depth]
    for field, child in _children(node):
        is_elif = isinstance(node, ast.If) and field == "orelse" and isinstance(child, ast.If)
        depths.append(nesting(child, depth + (isinstance(child, blocks) and not is_elif)))
    return max(depths)


def _children(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, Function):
                yield field, child


def test_modules_have_names_that_say_something() -> None:
    assert [path for path in CODE if path.stem in FORBIDDEN] == []


def test_packages_have_empty_inits() -> None:
    allowed = {ROOT / "reviews" / name / "__init__.py" for name in ("detection", "models")}
    allowed.add(ROOT / "reviews/detection/pii/__init__.py")
    full = [p for p in CODE if p.name == "__init__.py" and p.read_text() and p not in allowed]
    assert full == []


@pytest.mark.parametrize("layer", ["web", "api", "management", "tasks.py"])
def test_screens_commands_and_tasks_reach_rows_through_the_door(layer: str) -> None:
    folder = ROOT / "reviews" / layer
    paths = [folder] if folder.is_file() else sorted(folder.rglob("*.py"))
    assert [path for path in paths if ".objects" in path.read_text()] == []


WRITERS = {
    "Transcript": "ingest",
    "Utterance": "ingest",
    "Participant": "ingest",
    "Evaluation": "evaluation",
    "Finding": "evaluation",
    "RubricVersion": "rubrics",
    "AuditEvent": "audit.py",
    "Notification": "notify.py",
}


@pytest.mark.parametrize("model", WRITERS)
def test_a_model_is_made_by_its_writer_alone(model: str) -> None:
    made = [path for path in CODE if _makes(path, model)]
    places = {path.relative_to(ROOT / "reviews").parts[0] for path in made}
    assert places == {WRITERS[model]}


def _makes(path: Path, model: str) -> bool:
    """True where the file imports the model from models and creates one."""
    text = path.read_text()
    imports = re.search(rf"from reviews\.models import [^)]*?\b{model}\b(?! as)", text)
    made = rf"\b{model}(\.objects\.(create|bulk_create|get_or_create))?\("
    inserted = rf"\binsert\(\s*{model}\b"
    return bool(imports) and bool(re.search(f"{made}|{inserted}", text))


def own_models() -> list[Any]:
    return list(apps.get_app_config("reviews").get_models())


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model.__name__)
def test_every_field_is_personal_or_safe(model: Any) -> None:
    fields = {field.name for field in model._meta.local_fields}
    assert fields == model.PERSONAL | model.SAFE
    assert frozenset() == model.PERSONAL & model.SAFE


def test_no_committed_file_names_a_registry_or_a_machine_path() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    names = [name for name in listed.stdout.split("\0") if name]
    parts = ("py" + "pi.org", "pythonhosted" + ".org", "npmjs" + ".org", "/wo" + "rk/main")
    forbidden = re.compile("|".join(map(re.escape, parts)))
    found = [name for name in names if _holds(ROOT / name, forbidden)]
    assert found == []


def _holds(path: Path, pattern: "re.Pattern[str]") -> bool:
    return path.is_file() and bool(pattern.search(path.read_text(errors="ignore")))
