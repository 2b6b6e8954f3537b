"""What recipes share: Debian packages as folders, the split, and the prepared folder.

Standard library only. Nothing is installed: packages that are missing are unpacked below datasets/.packages.
"""

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

DATASETS = Path(__file__).resolve().parent
PACKAGES = DATASETS / ".packages"


class Failure(Exception):
    """One thing that went wrong: what, where, why, what to do; and the exit code, as in sysexits.h."""

    def __init__(self, what, place, why, remedy, code=66):
        super().__init__(f"{what}: {place}: {why}; {remedy}")
        self.code = code


def talk(line):
    print(line, file=sys.stderr, flush=True)


# Packages

def package(name, evidence):
    """The folder in which the file or folder `evidence` of a Debian package lies: `/` where it is installed."""
    unpacked = PACKAGES / name
    for root in (unpacked, Path("/")):
        if (root / evidence).exists():
            return root
    PACKAGES.mkdir(parents=True, exist_ok=True)
    with open(PACKAGES / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two recipes may run at once
        if not unpacked.exists():
            unpack(fetch(name), unpacked)
    if not (unpacked / evidence).exists():
        raise Failure("cannot use package", name, f"it holds no {evidence}", "use Debian 12 or newer")
    return unpacked


def fetch(name):
    """Downloads the package."""
    options = apt_options("lists")
    talk(f"fetching Debian's {name}")
    if not apt(options + ["download", name]):
        apt(options + ["update"])  # fails also when a source that we do not need is away
        if not apt(options + ["download", name]):
            raise Failure(
                "cannot fetch package", name, "apt-get download failed",
                f"look at the network and /etc/apt/sources.list, or install {name}", 69)
    return next(PACKAGES.glob(f"{name}_*.deb"))


def apt_options(folder, languages="none"):
    """Options for lists of our own, in a folder, so that no root is needed and the system's stay as they are."""
    lists = PACKAGES / folder
    (lists / "partial").mkdir(parents=True, exist_ok=True)
    return [
        "-q", "-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={PACKAGES}", "-o", "APT::Sandbox::User=root",
        "-o", f"Acquire::Languages={languages}", "-o", "Acquire::Retries=3",
    ]


def apt(arguments):
    try:
        done = subprocess.run(["apt-get", *arguments], cwd=PACKAGES, capture_output=True)
    except FileNotFoundError:
        raise Failure("cannot fetch packages", "apt-get", "no such command", "prepare on Debian", 69) from None
    return done.returncode == 0


def unpack(archive, folder):
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    done = subprocess.run(["dpkg-deb", "-x", archive, partial], capture_output=True, text=True)
    if done.returncode:
        archive.unlink()  # it may be half a download
        why = done.stderr.strip() or "dpkg-deb failed"
        raise Failure("cannot unpack", archive.name, why, "free space, and try again", 74)
    partial.rename(folder)
    archive.unlink()


# The split

def split_order(key):
    """Order in which pictures go to validation, by the SHA-256 of their bytes (or of their name)."""
    number = int.from_bytes(hashlib.sha256(key).digest()[:8], "big")
    return number % 10, number


def is_held_out(key):
    """Whether a picture belongs to validation: one in ten."""
    return split_order(key)[0] == 0


# The prepared folder

class PreparedFolder:
    """captions.tsv (filepath, title; several rows of one picture are several captions), train.txt, validation.txt."""

    def __init__(self, path):
        self.path = path
        self.rows, self.train, self.validation = [], [], []

    def add(self, name, picture, captions, held_out):
        """`picture` is the bytes, or the path of a file that is linked (or copied where links cannot be)."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(picture, bytes):
            target.write_bytes(picture)
        else:
            link(picture, target)
        self.rows += [(name, caption) for caption in captions]
        (self.validation if held_out else self.train).append(name)

    def write_lists(self):
        tables = {
            "captions.tsv": ["filepath\ttitle"] + ["\t".join(row) for row in sorted(self.rows)],
            "train.txt": sorted(self.train),
            "validation.txt": sorted(self.validation),
        }
        for name, lines in tables.items():
            (self.path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return f"{len(self.train)} pictures to train, {len(self.validation)} to validate, {len(self.rows)} captions"


def link(source, target):
    source = Path(source).resolve()
    try:
        if DATASETS not in source.parents:
            raise OSError("a file of the system gets no second name of ours")
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def main(recipe, about, prepare, needs=()):
    """Runs a recipe unless its folder is complete. `prepare(folder)` fills a new folder and returns its counts."""
    argparse.ArgumentParser(prog=str(recipe), description=about).parse_args()
    home = Path(recipe).resolve().parent
    name = f"{home.parent.name}/{home.name}/prepare"
    done = home / "prepared"
    stamp = fingerprint([recipe, __file__, *needs])
    try:
        if (done / ".complete").is_file() and (done / ".complete").read_text() == stamp:
            return
        partial = home / "prepared.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        counts = prepare(partial)
        (partial / ".complete").write_text(stamp)
        shutil.rmtree(done, ignore_errors=True)
        partial.rename(done)
        print(f"{home.name}: {counts}: {os.path.relpath(done)}")
    except Failure as failure:
        talk(f"{name}: {failure}")
        sys.exit(failure.code)
    except OSError as error:
        talk(f"{name}: cannot prepare: {error.filename}: {error.strerror}; free space or rights")
        sys.exit(73)


def fingerprint(files):
    return hashlib.sha256(b"".join(Path(file).read_bytes() for file in files)).hexdigest()
