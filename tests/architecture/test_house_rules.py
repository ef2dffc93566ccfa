"""The rules of the house that no linter knows, read from the sources themselves."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from hub.kernel.errors import HubError
from hub.kernel.settings import ROOT, environment_names
from hub.web.security import policy_of

SOURCES = sorted((ROOT / "hub").rglob("*.py"))
ALL_PYTHON = SOURCES + sorted((ROOT / "tests").rglob("*.py"))
LONGEST_MODULE = 400
LONGEST_FUNCTION = 40
LONGEST_CONFTEST = 150
BANNED_NAMES = {"utils", "helpers", "common", "misc", "manager", "handler", "data"}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_only_the_kernel_commits():
    offenders = [
        f"{named(path)}:{node.lineno}"
        for path in SOURCES
        if path != ROOT / "hub/kernel/db.py"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]
    assert offenders == []


def test_no_module_is_too_long():
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in ALL_PYTHON}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}
    assert {name: lines for name, lines in lengths.items() if "conftest" in name and lines > LONGEST_CONFTEST} == {}


def test_no_function_is_too_long():
    offenders = [
        f"{named(path)}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path in SOURCES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and body_lines(node) > LONGEST_FUNCTION
    ]
    assert offenders == []


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring: explaining more must never be punished."""
    first = node.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = first.end_lineno - first.lineno + 1 if documented else 0
    return node.end_lineno - node.lineno + 1 - docstring


def test_no_module_has_a_name_that_says_nothing():
    assert [named(path) for path in SOURCES if BANNED_NAMES & {path.stem, *path.relative_to(ROOT).parts}] == []


def test_imports_stand_at_the_top():
    offenders = [
        f"{named(path)}:{inner.lineno}"
        for path in SOURCES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert offenders == []


def test_imports_go_down_only():
    # A process of its own: the program switches off all loggers that exist, and those of later tests with them.
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_setting_is_read_and_commented():
    text = (ROOT / "config/default.toml").read_text(encoding="utf-8")
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for path in [*SOURCES, ROOT / "config/gunicorn.conf.py"]
        if path.stem != "settings"
    )
    for section, key in environment_names().values():
        assert re.search(rf"\.{key}\b", sources), f"[{section}] {key} is read nowhere"
    # A comment stands above each key, or above the group of keys that it belongs to.
    previous = ""
    for line in text.splitlines():
        if re.match(r"[a-z_]+ = ", line):
            assert previous.startswith("#") or re.match(r"[a-z_]+ = ", previous), f"no comment above: {line}"
        previous = line
    assert set(tomllib.loads(text)) == {section for section, _ in environment_names().values()}


def all_errors(base: type[HubError]) -> set[type[HubError]]:
    return {base} | {found for child in base.__subclasses__() for found in all_errors(child)}


def test_every_problem_type_is_documented_and_every_documented_one_exists(app):
    slugs = {error.slug for error in all_errors(HubError)}
    text = (ROOT / "docs/problems.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^## `([a-z-]+)`", text, re.MULTILINE))
    assert documented >= slugs, f"undocumented: {slugs - documented}"
    http_only = {"bad-request", "method-not-allowed", "too-large", "too-many-requests", "unauthorized"}
    assert documented - slugs <= http_only, f"documented, but nowhere raised: {documented - slugs - http_only}"


def test_every_route_has_a_stated_policy(app):
    unstated = [rule.endpoint for rule in app.url_map.iter_rules() if policy_of(app, rule.endpoint) is None]
    assert unstated == []


def test_nothing_is_left_for_later():
    later = re.compile(r"#.*\b(TODO|FIXME|XXX)\b|raise NotImplementedError|pragma: no cover")
    assert [named(path) for path in SOURCES if later.search(path.read_text(encoding="utf-8"))] == []


def test_documents_link_to_files_that_exist():
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    links = [
        (name, target)
        for name in listed.stdout.split()
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", (ROOT / name).read_text(encoding="utf-8"))
    ]
    assert [(name, target) for name, target in links if not ((ROOT / name).parent / target).exists()] == []
