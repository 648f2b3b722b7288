"""Trees of expansions back to text. ``parse_expansion(unparse(tree)) == tree`` for every tree."""

from __future__ import annotations

from eximconf.syntax.expansion_nodes import (
    Branches,
    Broken,
    Call,
    Concat,
    Defined,
    Expansion,
    Extract,
    Filter,
    Header,
    If,
    Item,
    Iteration,
    Junction,
    Lookup,
    Not,
    Number,
    Operator,
    Text,
    Tree,
    Variable,
    walk,
)


def unparse(expansion: Expansion) -> str:
    """The text of *expansion*. One with a fault in it, if only in one of the readings of an ``extract``, is given as
    it was written: what follows a fault is not in the tree, and its words can repeat the rest of the text."""
    if any(type(part) is Broken or type(part) is Extract for part in walk(expansion.body)):
        return expansion.text
    try:
        return text_of(expansion.body)
    except RecursionError:  # nothing that deep was made by hand
        return expansion.text


def text_of(tree: Tree) -> str:
    """The text of *tree*, as short as it can be written."""
    match tree:
        case Text(raw=raw) | Header(raw=raw) | Number(raw=raw) | Defined(raw=raw):
            return raw
        case Variable(name, braced):
            return f"${{{name}}}" if braced else f"${name}"
        case Concat(pieces):
            return "".join(text_of(piece) for piece in pieces)
        case Operator(name, parameter, argument):
            suffix = "" if parameter is None else f"_{parameter}"
            return f"${{{name}{suffix}:{text_of(argument)}}}"
        case Item(name, options, arguments, branches, read_over=read_over):
            space = " " if options[:1].isalpha() else ""
            behind = " " if read_over is not None and read_over.kind == "item-option" else ""
            return f"${{{name}{space}{options}{behind}{_braces(*arguments)}{_after(branches)}}}"
        case Extract():
            return text_of(tree.likely)
        case If(test, branches):
            return f"${{if {text_of(test)}{_after(branches)}}}"
        case Lookup(kind, key, source, branches):
            before = " " if key is None else f"{_braces(key)} "
            return f"${{lookup{before}{kind}{_braces(source)}{_after(branches)}}}"
        case Filter(items, test):
            return f"${{filter{_braces(items, test)}}}"
        case Call(name, arguments):
            inner = _braces(*arguments)
            return f"{name}{{{inner}}}" if name in _grouped() else f"{name}{inner}"
        case Not(test):
            return f"!{text_of(test)}"
        case Junction(name, members):
            return f"{name}{{{_braces(*members)}}}"
        case Iteration(name, items, test):
            return f"{name}{_braces(items, test)}"
        case Broken():
            return ""


def _braces(*trees: Tree) -> str:
    return "".join(f"{{{text_of(tree)}}}" for tree in trees)


def _after(branches: Branches | None) -> str:
    if branches is None or branches.yes is None:
        return ""
    if branches.fail:
        return f"{_braces(branches.yes)}fail"
    return _braces(branches.yes) + ("" if branches.no is None else _braces(branches.no))


def _grouped() -> set[str]:
    from eximconf.catalog.conditions import CONDITIONS

    return {name for name, entry in CONDITIONS.items() if entry.grouped}
