"""Writes the golden files of one format into a folder, a file each: where a fuzzer begins. A PNG also with its rows stored,
not compressed, so that changes reach filters and samples.

    seeds.py FORMAT FOLDER
"""

import base64
import json
import struct
import sys
import zlib
from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[2] / "Tests/Fixtures/images"
STARTS = {"png": b"\x89PNG", "jpeg": b"\xff\xd8\xff", "webp": b"RIFF", "gif": b"GIF8"}


def stored(png):
    """The same picture; checksums of chunks are not compared while fuzzing."""
    at, out, data = 8, png[:8], b""
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at:at + 8])
        if name == b"IDAT":
            data += png[at + 8:at + 8 + length]
        elif name == b"IEND":
            rows = zlib.compress(zlib.decompress(data), 0)
            out += struct.pack(">I", len(rows)) + b"IDAT" + rows + bytes(4) + png[at:]
        else:
            out += png[at:at + 12 + length]
        at += 12 + length
    return out


form, folder = sys.argv[1], Path(sys.argv[2])
for name in ("png-kinds", "jpeg-kinds", "webp-kinds", "gif-kinds", "orientations"):
    cases = json.loads((FIXTURES / f"{name}.json").read_text())["cases"]
    for case, golden in cases.items():
        data = base64.b64decode(golden["file"])
        if data.startswith(STARTS[form]):
            seed = folder / f"seed-{name}-{case}".replace("/", "-").replace(" ", "-")
            seed.write_bytes(data)
            if form == "png":
                seed.with_name(f"{seed.name}-stored").write_bytes(stored(data))
