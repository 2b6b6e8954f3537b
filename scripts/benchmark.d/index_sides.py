"""What the parts of `scripts/benchmark index` share: who takes part, and how they are asked."""

import json
import subprocess
import sys
from pathlib import Path

import numpy

from report import REPOSITORY

VENV = REPOSITORY / ".venv-index"
PINNED = ["faiss-cpu==1.15.1", "scann==1.4.2", "hnswlib==0.8.0", "usearch==2.26.6", "numpy==2.2.6"]
FAISS = ["faiss-flat", "faiss-sq8", "faiss-pq128fs", "faiss-pq256fs"]
GRAPHS = ["hnswlib", "usearch", "usearch-f16"]
SYSTEMS = [*FAISS, "scann", *GRAPHS]
TARGETS, KINDS, MODES = (0.90, 0.95, 0.98), ("pictures", "words"), ("batch", "single")
ANSWERS_IN = 4.0  # seconds, about: of a peer that is slow, fewer queries are asked
CLIP_BENCHMARK = REPOSITORY / ".build/release/clip-benchmark"


def peers_python():
    """An interpreter that has the peers."""
    stamp = VENV / "complete"
    if not stamp.exists() or stamp.read_text() != " ".join(PINNED):
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        subprocess.run([VENV / "bin/pip", "--quiet", "install", *PINNED], check=True, stdout=sys.stderr)
        stamp.write_text(" ".join(PINNED))
    return VENV / "bin/python"


class Side:
    """A process that has built its index and answers [kind, mode, setting, queries], one line each."""

    def __init__(self, name, command):
        self.name = name
        print("$", *map(str, command), file=sys.stderr, flush=True)
        self.process = subprocess.Popen([*map(str, command)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.facts = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"benchmark: {self.name} ended with exit code {self.process.wait()}; its own words are above")
        return json.loads(line)

    def ask(self, kind, mode, setting, most):
        print(json.dumps([kind, mode, setting, most]), file=self.process.stdin, flush=True)
        return self.answer()

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Ours(Side):
    """This project's side; `found` of its answers are compared with a truth here."""

    built = {}  # by folder and name, the facts of indexes that this run has built

    def __init__(self, folder, *arguments, threads=1, name="ours"):
        again = ["--reuse"] if (folder, name) in self.built else []
        super().__init__("swift-clip", [CLIP_BENCHMARK, "index", folder, "--name", name, "--threads", threads,
                                        *arguments, *again])
        self.facts = self.built.setdefault((folder, name), self.facts)


class Peer(Side):
    """A system of index_peers.py."""

    def __init__(self, name, folder, threads=1):
        super().__init__(name, [peers_python(), "-B", Path(__file__).with_name("index_peers.py"), name, folder,
                                "--threads", threads])
        self.notes = folder / "peers" / f"{name}-settings.json"
        self.threads = threads

    def cheapest(self, kind, mode):
        """For each target, (the setting that is the fastest of those that reach it, queries to ask); None where none does.

        What was found out is kept beside the index for the next time."""
        key = f"{kind} {mode} {self.threads} of {self.facts['settings']} by {self.facts['version']}"
        known = json.loads(self.notes.read_text()) if self.notes.exists() else {}
        if key not in known:
            known[key] = self.tried(kind, mode)
            self.notes.write_text(json.dumps(known))
        return known[key]

    def tried(self, kind, mode):
        best, most, usual = [None] * len(TARGETS), *((400, 2_000) if mode == "batch" else (100, 500))
        for setting in self.facts["settings"]:
            found = self.ask(kind, mode, setting, most)
            for place, target in enumerate(TARGETS):
                if found["recall"] >= target and (best[place] is None or found["microseconds"] < best[place][0]):
                    best[place] = (found["microseconds"], setting)
            if found["recall"] >= 0.99:
                break
        return [one and [one[1], min(usual, max(100, int(ANSWERS_IN * 1e6 / one[0])))] for one in best]


def truths(folder):
    """{kind: [queries, 10]} of the kinds whose queries are in a folder."""
    return {kind: numpy.load(folder / f"truth-{kind}.npy") for kind in KINDS if (folder / f"truth-{kind}.npy").exists()}


def recall(found, truth):
    """The share of the nearest that were found; of several of ours, of the queries that were asked."""
    truth = truth[: len(found)]
    return sum(len(set(row) & set(best)) for row, best in zip(found, truth.tolist())) / truth.size
