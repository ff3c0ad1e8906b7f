"""Small mistakes, one at a time, in the functions of a module."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}
_UNTOUCHED = {"annotation", "returns", "decorator_list", "args", "type_comment"}


@dataclass(frozen=True)
class Mutant:
    """One mistake. ``key`` names it across runs, as long as its function does not change much."""

    module: str
    function: str
    line: int
    key: str
    code: CodeType

    def insert(self, module: ModuleType) -> None:
        """Make the mistake, in this process."""
        _function(module, self.function).__code__ = self.code


def mutants_of(module: ModuleType) -> list[Mutant]:
    assert module.__file__ is not None
    source = Path(module.__file__).read_text("utf-8")
    tree, found, seen = ast.parse(source), list[Mutant](), Counter[str]()
    name = module.__name__.rpartition(".")[2]
    for qualname, function in _functions(tree):
        for owner, field, index, changed, words in _changes(function):
            line = getattr(changed, "lineno", function.lineno)
            key = f"{name}.{qualname}: {words}"
            seen[key] += 1
            before = _swap(owner, field, index, changed)
            try:
                code = _code(compile(ast.fix_missing_locations(tree), module.__file__, "exec"), qualname)
            finally:
                _swap(owner, field, index, before)
            number = f" (#{seen[key]})" if seen[key] > 1 else ""
            found.append(Mutant(name, qualname, line, key + number, code))
    return found


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for each in node.body:
                if isinstance(each, ast.FunctionDef) and each.name != "__repr__":
                    yield f"{node.name}.{each.name}", each


def _changes(function: ast.FunctionDef) -> Iterator[tuple[ast.AST, str, int | None, ast.AST, str]]:
    """Where, what comes there, and in words."""
    pending: list[tuple[ast.AST, str, int | None, Any]] = [
        (function, "body", index, node) for index, node in enumerate(function.body)
    ]
    while pending:
        owner, field, index, node = pending.pop(0)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # A docstring.
        for changed in _mistakes(node):
            words = f"{_short(node)} → {_short(changed)}"
            yield owner, field, index, ast.copy_location(changed, node), words
        for name, value in ast.iter_fields(node):
            if name in _UNTOUCHED and not isinstance(node, ast.Call):
                continue
            if isinstance(value, ast.AST):
                pending.append((node, name, None, value))
            elif isinstance(value, list):
                pending += [
                    (node, name, i, each) for i, each in enumerate(value) if isinstance(each, ast.AST)
                ]


def _mistakes(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=ops):
            for index, operator in enumerate(ops):
                changed = copy.copy(node)
                changed.ops = [*ops[:index], _COMPARISONS[type(operator)](), *ops[index + 1 :]]
                yield changed
        case ast.BoolOp(op=operator, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _ARITHMETIC:
            yield ast.BinOp(left, _ARITHMETIC[type(operator)](), right)
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value + 1)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.Call(func=ast.Name(id=name)) if name in _CALLS:
            changed_call = copy.copy(node)
            changed_call.func = ast.copy_location(ast.Name(_CALLS[name], ast.Load()), node)
            yield changed_call
        case ast.comprehension(ifs=[condition, *more]):
            changed_loop = copy.copy(node)
            changed_loop.ifs = [_negated(condition), *more]
            yield changed_loop
        case ast.match_case(guard=ast.expr() as guard):
            changed_case = copy.copy(node)
            changed_case.guard = _negated(guard)
            yield changed_case
        case ast.stmt():
            yield from _wrong_statements(node)
        case _:
            pass


def _wrong_statements(node: ast.stmt) -> Iterator[ast.stmt]:
    match node:
        case ast.If(test=test, body=body, orelse=orelse):
            yield ast.If(_negated(test), body, orelse)
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.AugAssign(target=target, op=operator, value=value):
            if type(operator) in _ARITHMETIC:
                yield ast.AugAssign(target, _ARITHMETIC[type(operator)](), value)
            yield ast.Pass()
        case ast.Expr() | ast.Delete() | ast.Continue() | ast.Break():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript(), *_]):
            yield ast.Pass()
        case ast.Assign(targets=[ast.Tuple(elts=[ast.Attribute(), *_])]):
            yield ast.Pass()
        case _:
            pass


def _negated(test: ast.expr) -> ast.expr:
    return ast.copy_location(ast.UnaryOp(ast.Not(), test), test)


def _short(node: ast.AST) -> str:
    shown = copy.copy(node)
    if isinstance(shown, ast.If):
        shown.body, shown.orelse = [ast.Pass()], []
    if isinstance(shown, ast.match_case):
        shown.body = [ast.Pass()]
    words = " ".join(ast.unparse(ast.fix_missing_locations(shown)).split())
    return words if len(words) <= 90 else words[:87] + "…"


def _swap(owner: ast.AST, field: str, index: int | None, node: ast.AST) -> ast.AST:
    before: ast.AST
    if index is None:
        before = getattr(owner, field)
        setattr(owner, field, node)
    else:
        before = getattr(owner, field)[index]
        getattr(owner, field)[index] = node
    return before


def _code(code: CodeType, qualname: str) -> CodeType:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            if each.co_qualname == qualname:
                return each
            if qualname.startswith(f"{each.co_qualname}."):
                return _code(each, qualname)
    raise LookupError(qualname)


def _function(module: ModuleType, qualname: str) -> FunctionType:
    owner, _, name = qualname.rpartition(".")
    holder: Any = getattr(module, owner) if owner else module
    found = vars(holder)[name]
    if isinstance(found, property):
        found = found.fget
    elif isinstance(found, staticmethod | classmethod):
        found = found.__func__
    assert isinstance(found, FunctionType), qualname
    return found
