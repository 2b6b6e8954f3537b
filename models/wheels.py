"""What the recipes in models/ share: packages of Python's package index as folders, and safetensors files.

Standard library only. Nothing is installed: packages are unpacked below models/.packages.
"""

import hashlib
import json
import shutil
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "datasets"))
import recipe  # noqa: E402

PACKAGES = Path(__file__).resolve().parent / ".packages"


def package(name, version, sha256):
    """The folder into which the wheel of a package is unpacked; `sha256` is that of the wheel."""
    folder = PACKAGES / f"{name}-{version}"
    if folder.exists():
        return folder
    PACKAGES.mkdir(parents=True, exist_ok=True)
    wheel = fetch(name, version)
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != sha256:
        wheel.unlink()
        raise recipe.Failure(
            "cannot use package", wheel.name, f"its SHA-256 is {found}, expected {sha256}", "try again", 65)
    partial = PACKAGES / f"{folder.name}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(partial)
    partial.rename(folder)
    wheel.unlink()
    return folder


def fetch(name, version):
    recipe.talk(f"fetching the Python package {name} {version}")
    target = PACKAGES / "downloads"
    shutil.rmtree(target, ignore_errors=True)
    command = [*pip(), "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-cache-dir",
               "--dest", str(target), f"{name}=={version}"]
    done = subprocess.run(command, capture_output=True, text=True)
    wheels = list(target.glob("*.whl")) if target.exists() else []
    if done.returncode or not wheels:
        why = (done.stderr.strip().splitlines() or ["pip download failed"])[-1]
        raise recipe.Failure("cannot fetch package", f"{name} {version}", why, "look at the network", 69)
    return wheels[0]


def pip():
    """A command that runs pip: Python's own, or that of Debian's package, which need not be installed."""
    own = [sys.executable, "-m", "pip"]
    if subprocess.run([*own, "--version"], capture_output=True).returncode == 0:
        return own
    wheels = "usr/share/python-wheels"
    found = sorted((recipe.package("python3-pip-whl", wheels) / wheels).glob("pip-*.whl"))
    return [sys.executable, f"{found[-1]}/pip"]


def write_safetensors(path, tensors):
    """`tensors` is {name: (shape, bytes of 32-bit floats)}; they are written in the order of their names."""
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, (shape, data) in sorted(tensors.items()):
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, (_, data) in sorted(tensors.items()):
            file.write(data)


def megabytes(path):
    return f"{path.stat().st_size / 1e6:.0f} MB"
