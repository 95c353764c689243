"""The house rules, read off the syntax tree: one place for time, environment, commits, SQL and mail; small parts."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest

from tests.processes import ROOT

PACKAGES = ("incidents", "notifications", "workers")
FLOW = ("report", "clock", "assess", "decide", "draft", "send", "register")
LONGEST_FUNCTION, LONGEST_MODULE, MEDIAN_FUNCTION = 40, 400, 10


@dataclass(frozen=True)
class Module:
    path: str
    """Relative to the repository, with forward slashes."""
    tree: ast.Module
    lines: int

    def imports(self) -> Iterator[str]:
        """Every module named by an import statement, wherever it stands."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module

    def attributes(self) -> Iterator[str]:
        """Every dotted name, such as ``datetime.now`` or ``self.session.commit``."""
        return (ast.unparse(node) for node in ast.walk(self.tree) if isinstance(node, ast.Attribute))

    def functions(self) -> Iterator[tuple[str, int]]:
        """Name and length in lines of every function, its docstring not counted."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{self.path}:{node.lineno} {node.name}", _length(node)


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert function.end_lineno is not None
    lines = function.end_lineno - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None and first.end_lineno is not None:
        lines -= first.end_lineno - first.lineno + 1
    return lines


def _modules() -> list[Module]:
    found = []
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            path = file.relative_to(ROOT).as_posix()
            found.append(Module(path, ast.parse(text, path), text.count("\n")))
    return found


MODULES = _modules()
# A migration is a record of what was done: long, generated, never edited again.
WRITTEN = [module for module in MODULES if "/migrations/versions/" not in module.path]


def _imports_of(package: str) -> set[str]:
    return {module.path for module in MODULES if any(f"{name}.".startswith(f"{package}.") for name in module.imports())}


def _uses(*endings: str) -> set[str]:
    return {
        module.path
        for module in MODULES
        if any(f".{name}".endswith(f".{ending}") for name in module.attributes() for ending in endings)
    }


def test_only_one_file_reads_the_clock_of_the_machine() -> None:
    assert _uses("datetime.now", "datetime.utcnow", "date.today", "time.time") <= {"incidents/base/time.py"}


def test_only_one_file_reads_the_environment() -> None:
    assert _uses("os.environ", "os.getenv", "os.putenv") <= {"incidents/base/settings.py"}


def test_only_the_store_knows_sqlalchemy() -> None:
    outside = {path for path in _imports_of("sqlalchemy") if not path.startswith("incidents/store/")}
    assert outside == set()


def test_only_one_file_speaks_smtp() -> None:
    assert _imports_of("smtplib") <= {"notifications/smtp.py"}


def test_only_the_unit_of_work_commits() -> None:
    # The migration runner owns its own connection and has no unit of work.
    assert _uses("commit") <= {"incidents/store/uow.py", "incidents/store/migrate.py"}


def test_no_module_is_longer_than_a_person_reads() -> None:
    assert {module.path: module.lines for module in WRITTEN if module.lines > LONGEST_MODULE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    functions = [function for module in WRITTEN for function in module.functions()]
    assert [name for name, lines in functions if lines > LONGEST_FUNCTION] == []


def test_the_usual_function_is_small(record_property: Callable[[str, object], None]) -> None:
    lengths = [lines for module in WRITTEN for _, lines in module.functions()]
    record_property("median_function_lines", median(lengths))
    print(f"{len(lengths)} functions, median {median(lengths):g} lines, longest {max(lengths)}")  # noqa: T201
    assert median(lengths) <= MEDIAN_FUNCTION


@pytest.mark.parametrize("word", FLOW)
def test_each_word_of_the_flow_names_a_file_in_every_layer(word: str) -> None:
    missing = [layer for layer in ("rules", "steps", "web") if not _has(Path("incidents") / layer, word)]
    missing += [] if any((ROOT / "templates" / "pages").glob(f"{word}.*")) else ["templates/pages"]
    missing += [] if any((ROOT / "tests").rglob(f"test_{word}*.py")) else ["tests"]
    assert missing == []


def _has(layer: Path, word: str) -> bool:
    return (ROOT / layer / f"{word}.py").exists() or (ROOT / layer / word / "__init__.py").exists()


def test_every_setting_stands_in_the_operations_guide() -> None:
    code = (ROOT / "incidents" / "base" / "settings.py").read_text(encoding="utf-8")
    guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    settings = set(re.findall(r'"([A-Z0-9]+(?:_[A-Z0-9]+)+)"', code)) - {"INCIDENTS72_DEMO"}
    assert {"OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME", "SECRET_KEY"} <= settings
    assert len(settings) >= 25
    assert {name for name in settings if f"`{name}`" not in guide} == set()
