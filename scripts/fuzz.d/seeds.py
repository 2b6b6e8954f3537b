"""Writes the golden files of one format into a folder, a file each: where a fuzzer begins.

    seeds.py FORMAT FOLDER
"""

import base64
import json
import sys
from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[2] / "Tests/Fixtures/images"
STARTS = {"png": b"\x89PNG", "jpeg": b"\xff\xd8\xff", "webp": b"RIFF", "gif": b"GIF8"}

form, folder = sys.argv[1], Path(sys.argv[2])
for name in ("png-kinds", "jpeg-kinds", "webp-kinds", "gif-kinds", "orientations"):
    cases = json.loads((FIXTURES / f"{name}.json").read_text())["cases"]
    for case, golden in cases.items():
        data = base64.b64decode(golden["file"])
        if data.startswith(STARTS[form]):
            (folder / f"seed-{name}-{case}".replace("/", "-").replace(" ", "-")).write_bytes(data)
