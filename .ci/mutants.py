"""Makes small faults in a module, one at a time, and lists those that no test notices.

    PYTHONPATH=. python .ci/mutants.py vmopt.problem.dealer tests/problem tests/methods/test_pricing.py

Tests are imported once; each mutant lives in a fork, where the code of the module's functions is exchanged. Mutants
that change no answer are named, with the reason, in `.ci/mutants.txt`: `module: function: before -> after  # reason`,
with `[n]` after the n-th of those in a function that read the same.
"""

from __future__ import annotations

import ast
import copy
import functools
import importlib
import inspect
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest
from hypothesis import Phase, settings

SECONDS = 60
QUIETLY = ["-qq", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
EQUIVALENT = Path(__file__).with_suffix(".txt")
COMPARED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
COMPUTED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.MatMult: ast.Mult, ast.Pow: ast.Mult,
}  # fmt: skip
NAMED = [("min", "max"), ("minimum", "maximum"), ("floor", "ceil"), ("argmin", "argmax"), ("any", "all")]
SWAPPED = dict(NAMED) | {b: a for a, b in NAMED}


def changes(node: ast.AST) -> Iterator[ast.AST | None]:
    """Yield what may stand in a node's place; None where it is left out."""
    match node:
        case ast.Compare(ops=[op, *rest]) if type(op) in COMPARED:
            yield ast.Compare(node.left, [COMPARED[type(op)](), *rest], node.comparators)
        case ast.BinOp() if type(node.op) in COMPUTED:
            yield ast.BinOp(node.left, COMPUTED[type(node.op)](), node.right)
        case ast.BoolOp():
            yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert()):
            yield node.operand
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int() | float()):
            yield from (ast.Constant(node.value + step) for step in (1, -1))
        case ast.Name() if node.id in SWAPPED:
            yield ast.Name(SWAPPED[node.id], node.ctx)
        case ast.Attribute() if node.attr in SWAPPED:
            yield ast.Attribute(node.value, SWAPPED[node.attr], node.ctx)
        case ast.IfExp():
            yield from (node.body, node.orelse)
        case ast.Slice(lower=ast.expr()) | ast.Slice(upper=ast.expr()):
            yield ast.Slice(None, None, node.step)
        case ast.Raise() | ast.AugAssign() | ast.Continue() | ast.Break():
            yield None
        case ast.Expr(value=ast.Call()):
            yield None
        case ast.Assign(targets=[ast.Subscript()]):
            yield None


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield the functions and methods of a module by name."""
    for outer in tree.body:
        if isinstance(outer, ast.FunctionDef):
            yield outer.name, outer
        elif isinstance(outer, ast.ClassDef):
            yield from ((f"{outer.name}.{f.name}", f) for f in outer.body if isinstance(f, ast.FunctionDef))


def places(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield the nodes of a function's body, those of annotations left out."""
    pending: list[ast.AST] = list(reversed(function.body))
    while pending:
        node = pending.pop()
        yield node
        children = [child for name, child in ast.iter_fields(node) if name not in ("annotation", "returns")]
        flat = [one for child in children for one in (child if isinstance(child, list) else [child])]
        pending.extend(reversed([one for one in flat if isinstance(one, ast.AST)]))


class Put(ast.NodeTransformer):
    """Puts one node in place of another."""

    def __init__(self, old: ast.AST, new: ast.AST | None) -> None:
        self.old, self.new = old, new or ast.Pass()

    def visit(self, node: ast.AST) -> Any:
        """Return the new node for the old one, and what is there already for all others."""
        return self.new if node is self.old else self.generic_visit(node)


def mutants(tree: ast.Module) -> Iterator[tuple[str, int, str, ast.Module]]:
    """Yield the function, the line, the change in words and the changed module of each mutant."""
    for name, function in functions(tree):
        times: Counter[str] = Counter()
        for node in places(function):
            for new in changes(node):
                words = f"{ast.unparse(node)} -> {ast.unparse(new) if new else 'pass'}"
                times[words] += 1
                words += f" [{times[words]}]" if times[words] > 1 else ""
                memo = {id(node): node}
                changed = Put(node, new).visit(copy.deepcopy(tree, memo))
                yield name, getattr(node, "lineno", function.lineno), words, ast.fix_missing_locations(changed)


def code_of(thing: Any) -> FunctionType | None:
    """Return the function behind a function, method or property."""
    for attribute in ("fget", "func", "__func__"):
        thing = getattr(thing, attribute, None) or thing
    thing = inspect.unwrap(thing) if callable(thing) else thing
    return thing if isinstance(thing, FunctionType) else None


def exchange(module: ModuleType, tree: ast.Module) -> None:
    """Give the functions of a module the code of a changed one, wherever they have been imported already."""
    changed = ModuleType(module.__name__)
    changed.__file__ = module.__file__
    kept = sys.modules[module.__name__]
    sys.modules[module.__name__] = changed
    exec(compile(tree, str(module.__file__), "exec"), changed.__dict__)
    sys.modules[module.__name__] = kept
    for name, _ in functions(tree):
        old, new = (
            code_of(functools.reduce(lambda at, key: vars(at)[key], name.split("."), m)) for m in (module, changed)
        )
        if old and new:
            old.__code__ = new.__code__


def failing(module: ModuleType, tree: ast.Module | None, tests: list[str]) -> bool:
    """Whether any test fails, or does not end, in a fork where the module is so."""
    child = os.fork()
    if not child:
        os.setsid()
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        try:
            if tree is not None:
                exchange(module, tree)
            os._exit(int(pytest.main([*QUIETLY, *tests]) != 0))
        finally:
            os._exit(1)
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status != 0
        time.sleep(0.01)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def equivalent() -> set[str]:
    """Return the mutants that change no answer."""
    lines = EQUIVALENT.read_text(encoding="utf-8").splitlines() if EQUIVALENT.exists() else []
    return {line.split("  #")[0].strip() for line in lines}


def main(name: str, tests: list[str]) -> int:
    """List the mutants of a module that no test notices, and return how many there are."""
    settings.register_profile("mutants", phases=[Phase.explicit, Phase.generate], derandomize=True, database=None)
    settings.load_profile("mutants")
    module = importlib.import_module(name)
    pytest.main([*QUIETLY, "--collect-only", *tests])
    if failing(module, None, tests):
        sys.exit("the tests fail, or take too long, as the module is.")
    known, made, killed, excused = equivalent(), 0, 0, 0
    for function, line, words, tree in mutants(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
        made += 1
        if f"{name}: {function}: {words}" in known:
            excused += 1
        elif failing(module, tree, tests):
            killed += 1
        else:
            print(f"{module.__file__}:{line}: {function}: {words}", flush=True)
    print(f"{name}: {made} made, {killed} killed, {excused} equivalent, {made - killed - excused} survive", flush=True)
    return made - killed - excused


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1], sys.argv[2:]), 1))
