"""Imports run downwards: fails where a crate depends on one that is not below it, or files of a crate import each other in a
circle.

A module and its own submodules may import each other. Tests do not count. Reads `use` declarations and paths such as
`crate::a::b` as text, which is enough for code formatted by rustfmt.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
# From the lowest up. Crates of one layer do not depend on each other.
LAYERS = [
    ["schema", "server/embedded-postgres"],
    ["builtin-objects", "engine/postgres"],
    ["engine/error"],
    ["engine/compiler"],
    ["engine/catalog"],
    ["engine/identity"],
    ["engine"],
    ["seed", "server/http"],
    ["rest", "graphql"],
    ["server"],
]
# What a crate must not depend on, so that it stays what it is.
APART = {
    "schema": {"axum", "sea-query", "sqlx", "tokio"},
    "engine/compiler": {"axum", "sqlx", "tokio"},
}
SKIPPED = re.compile(r"/(target|tests|node_modules)/|/tests\.rs$|/golden")
USE = re.compile(r"^ *(?:pub(?:\([a-z ]+\))? )?use ([^;]+);", re.M)
PATH = re.compile(r"\b(?:crate|super|self)(?:::[a-z_0-9]+)+")
TEST_CODE = re.compile(r"^#\[cfg\(test\)\]\nmod \w+ \{\n.*?^\}\n", re.M | re.S)


def module_of(file, source):
    parts = list(file.relative_to(source).with_suffix("").parts)
    return () if parts in (["lib"], ["main"]) else tuple(parts)


def leaves(tree, prefix=()):
    """The paths of a use tree: `a::{b, c::d}` is `a::b` and `a::c::d`."""
    tree = tree.strip()
    if not tree:
        return
    brace = tree.find("{")
    if brace < 0:
        yield prefix + tuple(part.split(" as ")[0].strip() for part in tree.split("::"))
        return
    inside = prefix + tuple(part for part in tree[:brace].split("::") if part)
    depth, start = 0, brace + 1
    for at in range(brace, len(tree)):
        if tree[at] == "{":
            depth += 1
        closes = tree[at] == "}"
        if closes:
            depth -= 1
        if (closes and depth == 0) or (tree[at] == "," and depth == 1):
            yield from leaves(tree[start:at], inside)
            start = at + 1


def absolute(path, module, modules):
    if path[0] == "crate":
        return path[1:]
    if path[0] == "super":
        at = module
        while path and path[0] == "super":
            at, path = at[:-1], path[1:]
        return at + path
    if path[0] == "self":
        return module + path[1:]
    return module + path if module + path[:1] in modules else None


def imports(text, module, modules):
    text = TEST_CODE.sub("", text)
    text = re.sub(r"//.*", "", text)
    paths = [leaf for use in USE.findall(text) for leaf in leaves(use)]
    paths += [tuple(path.split("::")) for path in PATH.findall(USE.sub("", text))]
    for path in paths:
        path = absolute(path, module, modules)
        while path and path not in modules:
            path = path[:-1]
        if path and not related(path, module):
            yield path


def related(one, other):
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def circles(graph):
    """Strongly connected components of more than one module (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in graph[node]:
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            at = stack.index(node)
            component = stack[at:]
            del stack[at:]
            if len(component) > 1:
                found.append(sorted(component))

    for node in graph:
        if node not in index:
            visit(node)
    return found


def crates_that_depend_upwards():
    members = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]
    paths = {name: entry["path"] for name, entry in members["dependencies"].items() if "path" in entry}
    layer = {path: number for number, paths in enumerate(LAYERS) for path in paths}
    for member in members["members"]:
        if member not in layer:
            yield f"{member}: LAYERS in .ci/imports.py does not say where it stands"
            continue
        for name in tomllib.loads((ROOT / member / "Cargo.toml").read_text()).get("dependencies", {}):
            below = paths.get(name)
            if below and layer.get(below, len(LAYERS)) >= layer[member]:
                yield f"{member} depends on {below}, which is not below it"
            if name in APART.get(member, ()):
                yield f"{member} depends on {name}"


def main():
    sys.setrecursionlimit(10_000)
    failed = False
    for complaint in crates_that_depend_upwards():
        failed = True
        print(complaint)
    for manifest in sorted(ROOT.glob("**/Cargo.toml")):
        source = manifest.parent / "src"
        if SKIPPED.search(str(manifest)) or not source.is_dir():
            continue
        files = {module_of(file, source): file for file in source.glob("**/*.rs") if not SKIPPED.search(str(file))}
        graph = {module: set(imports(file.read_text(), module, files)) for module, file in files.items()}
        for circle in circles(graph):
            failed = True
            print(f"{manifest.parent.relative_to(ROOT)}: these files import each other in a circle:")
            for module in circle:
                targets = sorted("::".join(target) for target in graph[module] if target in circle)
                print(f"  {'::'.join(module)} imports {', '.join(targets)}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
