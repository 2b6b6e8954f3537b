"""Where `unsafe` may live, and how long files may be: prints what is elsewhere or longer, and the ten longest."""

import re
import subprocess
import sys
from pathlib import Path

UNSAFE_HOMES = (
    "Sources/Tensors/FloatBuffer", "Sources/Storage/", "Sources/Kernels/", "Sources/KernelSources/",
    "Sources/KernelInterface/", "Sources/Images/Codecs/", "Sources/Images/Loops/", "Sources/PixelSources/",
    "Sources/PixelInterface/",
)
LONGEST = 500  # lines
NO_CODE = re.compile(r'"(?:\\.|[^"\\])*"|//.*')  # strings and comments


def tracked(*patterns):
    """Files of the tree, also new ones, but for links and what is ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "--", *patterns]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [name for name in names if Path(name).is_file() and not Path(name).is_symlink()]


def lines(name):
    with open(name, encoding="utf-8") as file:
        return file.read().splitlines()


found = []
for name in tracked("Sources/*.swift"):
    if not name.startswith(UNSAFE_HOMES):
        for number, line in enumerate(lines(name), 1):
            if re.search(r"\bunsafe\b", NO_CODE.sub("", line)):
                found.append(f"{name}:{number}: `unsafe` lives in {', '.join(UNSAFE_HOMES)} alone")

sizes = sorted(((len(lines(name)), name) for name in tracked("*.swift", "*.py", "*.c", "*.h")), reverse=True)
found += [f"{name}: {size} lines; split what is over {LONGEST} by its ideas" for size, name in sizes if size > LONGEST]

print("the ten longest files:")
for size, name in sizes[:10]:
    print(f"{size:6} {name}")
print("\n".join(f"files: {line}" for line in found), end="\n" if found else "", file=sys.stderr)
sys.exit(1 if found else 0)
