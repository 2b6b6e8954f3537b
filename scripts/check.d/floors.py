"""The floors: reads `swift package dump-package`, compares each import with its target's row, and prints differences.

A row names what its target imports, no more and no less, and only rows above it in the manifest, which goes bottom to top.
"""

import json
import re
import sys
from pathlib import Path

SYSTEM = {"Darwin", "Dispatch", "Foundation", "Glibc", "Musl", "Swift", "Synchronization"}
WITHOUT_FOUNDATION = {"Tensors", "Kernels", "KernelInterface", "Autodiff", "Objectives"}
IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\(\w+\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?"
    r"import\s+(?:(?:actor|class|enum|func|let|protocol|struct|typealias|var)\s+)?(\w+)")


def module(name):
    """What a target is called in an import: a command's dashes become underscores."""
    return name.replace("-", "_")


def row(target):
    """What a target's row names: rooms, and products of other packages."""
    return [module(next(iter(dependency.values()))[0]) for dependency in target["dependencies"]]


def folder(target):
    default = "Tests" if target["type"] == "test" else "Sources"
    return Path(target.get("path") or f"{default}/{target['name']}")


def imports(target):
    """(module, file:line) of every import in the target's Swift files, links followed."""
    for path in sorted(folder(target).rglob("*.swift")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if found := IMPORT.match(line):
                yield found[1], f"{path}:{number}"


def differences(targets):
    other_machines = {path.name for path in Path("Sources").iterdir()} - {target["name"] for target in targets}
    above = set()
    commands = {module(target["name"]) for target in targets if target["type"] == "executable"}
    for target in targets:
        name, allowed = target["name"], row(target)
        rooms = {module(other["name"]) for other in targets} & set(allowed)
        for room in sorted(rooms - above):
            yield f"Package.swift: the row of {name} names {room}, which is not above it; rows go bottom to top"
        above.add(module(name))

        system = SYSTEM | ({"Testing"} if target["type"] == "test" else set())
        seen = set()
        for imported, place in imports(target):
            seen.add(imported)
            if imported == "Foundation" and name in WITHOUT_FOUNDATION:
                yield f"{place}: {name} does without Foundation, so that it can be read and moved alone"
            elif imported not in system and imported not in allowed and imported not in other_machines:
                yield f"{place}: imports {imported}, which the row of {name} does not name"
        for named in allowed if seen else []:  # C rooms have no imports
            runs_it = target["type"] == "test" and named in commands  # a test may run a command without importing it
            if named not in seen and not runs_it:
                yield f"Package.swift: the row of {name} names {named}, which it does not import"


found = list(differences(json.load(sys.stdin)["targets"]))
print("\n".join(f"floors: {line}" for line in found), end="\n" if found else "", file=sys.stderr)
sys.exit(1 if found else 0)
