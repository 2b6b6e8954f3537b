"""The index beside FAISS, ScaNN, hnswlib and USearch, at equal recall, for pictures and for words.

Embeddings are drawn as index_generator.py describes, with a seed of the day's own. Ours is asked for a recall, and its settings
come from queries that are not those measured; each peer is given the cheapest of its settings that reaches the recall on the
very queries that are measured. Then all answer in turns: recall@10, CPU microseconds a query, medians of the rounds.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy

from index_generator import generate
from report import REPOSITORY, RESULTS, Bars, prepare, print_machine, print_table

VENV = REPOSITORY / ".venv-index"
PINNED = ["faiss-cpu==1.15.1", "scann==1.4.2", "hnswlib==0.8.0", "usearch==2.26.6", "numpy==2.2.6"]
SYSTEMS = ["faiss-flat", "faiss-sq8", "faiss-pq128fs", "faiss-pq256fs", "scann", "hnswlib", "usearch"]
SLOW = ("hnswlib", "usearch")  # to build: compared on the smaller collection
TARGETS, KINDS = (0.90, 0.95, 0.98), ("pictures", "words")
# What ours must be faster by: of the fastest of a family, at each target.
FAMILIES = {"faiss-flat": ["faiss-flat"], "faiss": SYSTEMS[:4], "scann": ["scann"], "graphs": list(SLOW)}
LIMITS = {
    ("batch", "faiss-flat"): {kind: (25, 25, 25) for kind in KINDS},
    ("batch", "faiss"): {kind: (3, 5, 5) for kind in KINDS},
    ("batch", "scann"): {kind: (4, 4, 4) for kind in KINDS},
    ("single", "faiss"): {"pictures": (4, 4, 4), "words": (2.5, 2.2, 2)},
    ("single", "scann"): {"pictures": (3, 3, 3), "words": (2.5, 2.5, 2)},
    ("single", "graphs"): {"pictures": (3, 3, 3)},
}
BUILD_LIMITS = {"faiss-flat": 0.25, "scann": 0.08, "hnswlib": 0.05}


def parse():
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark index", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=500_000, help="embeddings of the collection (500,000)")
    parser.add_argument("--systems", nargs="*", choices=SYSTEMS, help="peers (all; graphs up to 100,000 embeddings)")
    parser.add_argument("--rounds", type=int, default=5, help="turns of all (5)")
    parser.add_argument("--threads", type=int, default=1, help="(1)")
    parser.add_argument("--seed", type=int, default=int(time.strftime("%Y%m%d")), help="of the embeddings (the date)")
    return parser.parse_args()


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
        self.facts = json.loads(self.process.stdout.readline())

    def ask(self, kind, mode, setting, most):
        self.process.stdin.write(json.dumps([kind, mode, setting, most]) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def cheapest(self, kind, mode):
        """For each target, the setting that is the fastest of those that reach it; None where none does."""
        best, most = [None] * len(TARGETS), 400 if mode == "batch" else 100
        for setting in self.facts["settings"]:
            found = self.ask(kind, mode, setting, most)
            for place, target in enumerate(TARGETS):
                if found["recall"] >= target and (best[place] is None or found["microseconds"] < best[place][0]):
                    best[place] = (found["microseconds"], setting)
            if found["recall"] >= 0.99:
                break
        return [one and one[1] for one in best]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def recall(found, truth):
    return sum(len(set(row) & set(best)) for row, best in zip(found, truth.tolist())) / truth.size


def measure(sides, settings, rounds, truths):
    """{(side, kind, mode, place): (recall, median of CPU microseconds, share of vectors scanned)}, all sides in turns."""
    times, recalls, scanned = {}, {}, {}
    for _ in range(rounds):
        for (name, kind, mode), chosen in settings.items():
            for place, setting in enumerate(chosen):
                if setting is None:
                    continue
                key, most = (name, kind, mode, place), 2_000 if mode == "batch" else 500
                answer = sides[name].ask(kind, mode, setting, most)
                times.setdefault(key, []).append(answer["microseconds"])
                recalls[key] = answer.get("recall") or recall(answer["found"], truths[kind][:most])
                scanned[key] = answer.get("scanned")
    return {key: (recalls[key], statistics.median(found), scanned[key]) for key, found in times.items()}


def report(found, sides, bars):
    for mode in ("batch", "single"):
        for kind in KINDS:
            rows = []
            for name in sides:
                cells = []
                for place in range(len(TARGETS)):
                    got, microseconds, scanned = found.get((name, kind, mode, place), (None, None, None))
                    cells += ["", ""] if got is None else [f"{got:.3f}", f"{microseconds:,.1f}"]
                rows.append([name, *cells])
            print(f"{kind}, {mode}: recall@10 and CPU µs a query")
            print_table(["index", *(cell for target in TARGETS for cell in (f"{target:.2f}", "µs"))], rows)
    for (mode, family), limits in LIMITS.items():
        for kind, by_target in limits.items():
            for place, limit in enumerate(by_target):
                theirs = [found[name, kind, mode, place][1] for name in FAMILIES[family]
                          if (name, kind, mode, place) in found]
                if theirs:
                    ours = found["swift-clip", kind, mode, place][1]
                    bars.at_least(f"index-{mode}-{kind}-{TARGETS[place]:.2f}-over-{family}", min(theirs) / ours, limit)
    for kind in KINDS:
        for mode in ("batch", "single"):
            got = found["swift-clip", kind, mode, 1][0]
            bars.at_least(f"index-{mode}-{kind}-recall-of-.95", got, 0.945)
            bars.at_most(f"index-{mode}-{kind}-recall-of-.95", got, 0.97)


def main():
    options, bars = parse(), Bars()
    prepare()
    folder = RESULTS / f"index/{options.count}-{options.seed}"
    generate(folder, options.count, options.seed)
    print_machine(options.threads, ["numpy"])
    print(f"{options.count:,} embeddings of 512 numbers, seed {options.seed}")
    names = options.systems if options.systems is not None else [
        name for name in SYSTEMS if options.count <= 100_000 or name not in SLOW]
    sides = {"swift-clip": Side("swift-clip", [
        REPOSITORY / ".build/release/clip-benchmark", "index", folder, "--threads", options.threads])}
    settings = {("swift-clip", kind, mode): TARGETS for kind in KINDS for mode in ("batch", "single")}
    for name in names:
        sides[name] = Side(name, [peers_python(), "-B", Path(__file__).with_name("index_peers.py"), name, folder,
                                  "--threads", options.threads])
        for kind in KINDS:
            for mode in ("batch", "single"):
                settings[name, kind, mode] = sides[name].cheapest(kind, mode)
    truths = {kind: numpy.load(folder / f"truth-{kind}.npy") for kind in KINDS}
    found = measure(sides, settings, options.rounds, truths)
    print_table(["index", "build, CPU s", "bytes a vector"],
                [[name, f"{side.facts['build_cpu_seconds']:.1f}", f"{side.facts['bytes_per_vector']:.1f}"]
                 for name, side in sides.items()])
    report(found, sides, bars)
    built = sides["swift-clip"].facts
    for name, limit in BUILD_LIMITS.items():
        if name in sides:
            bars.at_most(f"index-build-over-{name}",
                         built["build_cpu_seconds"] / sides[name].facts["build_cpu_seconds"], limit)
    bars.at_most("index-code-bytes", built["code_bytes_per_vector"], 96)
    bars.at_most("index-hot-bytes", built["bytes_per_vector"], 120)
    bars.at_most("index-append-microseconds", built["append_microseconds"], 25)
    for side in sides.values():
        side.close()
    return bars.close()


if __name__ == "__main__":
    sys.exit(main())
