"""The sizes, places and names that keep the code readable. Each test names what breaks its rule."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest

from tests.source_tree import (
    PACKAGE,
    ROOT,
    TESTS,
    classes_of,
    functions_of,
    name_of,
    package_modules,
    tracked_files,
    tree_of,
)

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
MEDIAN_FUNCTION_LINES = 8
MAX_POSITIONAL_ARGUMENTS = 6
MAX_PUBLIC_METHODS = 12
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}
RUFF_RULES = {"C90", "D", "BLE", "T20", "PLR", "ASYNC", "ANN", "ERA", "E", "F"}

# Where a failure of any kind is turned into something else, and why.
BLIND_EXCEPTS = {
    "jupyter_tools/tools/attempt.py": 1,  # a tool's failure becomes a result
    "jupyter_tools/streams.py": 1,  # a producer's death becomes its consumers' exception
}
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|root|opt|home/\w+|Users/\w+)/")
REGISTRY_HOSTS = re.compile("|".join((r"pypi\.org/simple", r"files\.pythonhosted\.org", r"registry\.npmjs\.org")))
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX)\b|raise NotImplementedError")
TEXT_SUFFIXES = {"", ".py", ".md", ".toml", ".json", ".ipynb", ".js", ".ts", ".css", ".yml", ".yaml", ".cfg", ".txt"}
TYPES_ONLY = {"jupyter_tools/json_types.py", "jupyter_tools/agent/result.py"}  # nothing to test but their users


def text_files() -> list[Path]:
    return [path for path in tracked_files() if path.suffix in TEXT_SUFFIXES and path != Path(__file__)]


def own_lines(path: Path, pattern: re.Pattern[str]) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        f"{name_of(path)}:{number}: {line.strip()[:120]}"
        for number, line in enumerate(lines, 1)
        if pattern.search(line)
    ]


def function_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_no_file_is_longer_than_the_ceiling() -> None:
    files = [path for path in tracked_files() if path.suffix == ".py"]
    sizes = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {name: lines for name, lines in sizes.items() if lines > MAX_FILE_LINES} == {}


def test_no_function_is_longer_than_the_ceiling() -> None:
    sizes = {f"{name_of(path)}:{f.name}": function_lines(f) for path in package_modules() for f in functions_of(path)}
    assert {name: lines for name, lines in sizes.items() if lines > MAX_FUNCTION_LINES} == {}


def test_half_of_the_functions_are_short() -> None:
    sizes = sorted(function_lines(f) for path in package_modules() for f in functions_of(path))
    assert sizes[len(sizes) // 2] <= MEDIAN_FUNCTION_LINES


def test_no_function_takes_many_positional_arguments() -> None:
    counts = {
        f"{name_of(path)}:{f.name}": len(f.args.posonlyargs) + len(f.args.args)
        for path in package_modules()
        for f in functions_of(path)
    }
    assert {name: count for name, count in counts.items() if count > MAX_POSITIONAL_ARGUMENTS} == {}


def test_no_class_has_many_public_methods() -> None:
    counts = {
        f"{name_of(path)}:{c.name}": len(public_methods(c)) for path in package_modules() for c in classes_of(path)
    }
    assert {name: count for name, count in counts.items() if count > MAX_PUBLIC_METHODS} == {}


def public_methods(node: ast.ClassDef) -> list[str]:
    functions = [item for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [function.name for function in functions if not function.name.startswith("_")]


def test_the_linter_still_checks_docstrings_complexity_and_blind_excepts() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert set(lint["select"]) >= RUFF_RULES
    assert lint["mccabe"]["max-complexity"] == 10
    assert lint["pydocstyle"]["convention"] == "google"
    assert not {"D100", "D101", "D102", "D103", "D104", "D417", "BLE001", "C901"} & set(lint["ignore"])


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [
        name_of(path) for path in tracked_files() if path.stem in BANNED_NAMES or path.parent.name in BANNED_NAMES
    ] == []


def test_failures_of_every_kind_are_swallowed_only_where_a_reason_is_given() -> None:
    found = {name_of(path): len(blind_excepts(path)) for path in package_modules()}
    assert {name: count for name, count in found.items() if count > BLIND_EXCEPTS.get(name, 0)} == {}


def blind_excepts(path: Path) -> list[ast.ExceptHandler]:
    handlers = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.ExceptHandler)]
    return [handler for handler in handlers if catches_everything(handler) and not raises_again(handler)]


def catches_everything(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or bool(caught_names(handler.type) & {"Exception", "BaseException"})


def raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def caught_names(node: ast.expr) -> set[str]:
    return {item.id for item in ast.walk(node) if isinstance(item, ast.Name)}


def test_only_the_command_line_prints() -> None:
    printing = {
        name_of(path)
        for path in package_modules()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert printing <= {"jupyter_tools/__main__.py"}


def test_nothing_is_left_unfinished() -> None:
    assert [line for path in package_modules() for line in own_lines(path, UNFINISHED)] == []


def test_no_file_names_a_machine_or_a_package_registry() -> None:
    found = [
        line
        for path in text_files()
        for pattern in (MACHINE_PATHS, REGISTRY_HOSTS)
        for line in own_lines(path, pattern)
    ]
    assert found == []


def test_every_module_is_tested_at_its_place_in_the_tree() -> None:
    without = {name_of(path) for path in package_modules() if not path.name.startswith("__") and not is_tested(path)}
    assert without - TYPES_ONLY == set()


def is_tested(path: Path) -> bool:
    """True if a test file of the mirrored folder is named after the module, or imports it."""
    module = name_of(path.with_suffix("")).replace("/", ".")
    tests = (TESTS / path.parent.relative_to(PACKAGE)).glob("test_*.py")
    return any(path.stem in test.stem or module in test.read_text(encoding="utf-8") for test in tests)


def test_every_test_folder_is_a_package() -> None:
    folders = {path.parent for path in TESTS.rglob("test_*.py")}
    assert [name_of(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_imports_respect_the_floors() -> None:
    program = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports(no_cache=True))"
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("path", sorted(ROOT.glob("notebooks/*.ipynb")), ids=lambda path: path.name)
def test_notebooks_are_kept_valid_and_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    assert [cell.id for cell in code if cell.outputs or cell.execution_count is not None] == []
    assert "widgets" not in notebook.metadata
