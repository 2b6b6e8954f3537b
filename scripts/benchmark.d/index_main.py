"""The parts `main` and `graphs` of `scripts/benchmark index`: ours beside the peers at equal recall."""

import statistics

from index_sides import FAISS, GRAPHS, KINDS, MODES, TARGETS, Ours, Peer, recall, truths
from report import print_table

# What ours must be faster by: of the fastest of a family, at each target.
FAMILIES = {"faiss-flat": ["faiss-flat"], "faiss": FAISS, "scann": ["scann"], "graphs": GRAPHS}
LIMITS = {
    ("batch", "faiss-flat"): {kind: (25, 25, 25) for kind in KINDS},
    ("batch", "faiss"): {kind: (3, 5, 5) for kind in KINDS},
    ("batch", "scann"): {kind: (4, 4, 4) for kind in KINDS},
    ("single", "faiss"): {"pictures": (4, 4, 4), "words": (2.5, 2.2, 2)},
    ("single", "scann"): {"pictures": (3, 3, 3), "words": (2.5, 2.5, 2)},
    ("single", "graphs"): {"pictures": (3, 3, 3)},
}
BUILD_LIMITS = {"faiss-flat": 0.25, "scann": 0.08, "hnswlib": 0.05}


def questions(side, kind, mode):
    """For each target, what is asked of a side: (setting, queries); None where it does not reach it."""
    if isinstance(side, Ours):
        return [[{"recall": target}, 2_000 if mode == "batch" else 500] for target in TARGETS]
    return side.cheapest(kind, mode)


def measure(sides, asked, rounds, right):
    """{(side, kind, mode, place): (recall, median of CPU microseconds)}, all sides in turns."""
    times, recalls = {}, {}
    for _ in range(rounds):
        for (name, kind, mode), by_target in asked.items():
            for place, question in enumerate(by_target):
                if question is None:
                    continue
                key, answer = (name, kind, mode, place), sides[name].ask(kind, mode, *question)
                times.setdefault(key, []).append(answer["microseconds"])
                recalls[key] = answer.get("recall") or recall(answer["found"], right[kind])
    return {key: (recalls[key], statistics.median(found)) for key, found in times.items()}


def compare(folder, names, options, kinds=KINDS, modes=MODES):
    """Builds all, asks all in turns, prints the tables. Returns what was found, and the facts of each side."""
    right = truths(folder)
    kinds = [kind for kind in kinds if kind in right]
    sides = {"swift-clip": Ours(folder, threads=options.threads)}
    for name in names:
        sides[name] = Peer(name, folder, options.threads)
    asked = {(name, kind, mode): questions(side, kind, mode)
             for name, side in sides.items() for kind in kinds for mode in modes}
    found = measure(sides, asked, options.rounds, right)
    facts = {name: side.facts for name, side in sides.items()}
    for side in sides.values():
        side.close()
    print_table(["index", "build, CPU s", "bytes a vector", "built as"],
                [[name, f"{fact['build_cpu_seconds']:.1f}", f"{fact['bytes_per_vector']:.1f}", fact.get("version", "usual")]
                 for name, fact in facts.items()])
    for mode in modes:
        for kind in kinds:
            print(f"{kind}, {mode}: recall@10 and CPU µs a query")
            rows = [[name, *(cell for place in range(len(TARGETS)) for cell in cells(found.get((name, kind, mode, place))))]
                    for name in sides]
            print_table(["index", *(cell for target in TARGETS for cell in (f"{target:.2f}", "µs"))], rows)
    return found, facts


def cells(one):
    return ["", ""] if one is None else [f"{one[0]:.3f}", f"{one[1]:,.1f}"]


def speed_bars(found, bars):
    """How many times faster ours is than the fastest of each family that took part."""
    for (mode, family), limits in LIMITS.items():
        for kind, by_target in limits.items():
            for place, limit in enumerate(by_target):
                theirs = [found[name, kind, mode, place][1] for name in FAMILIES[family]
                          if (name, kind, mode, place) in found]
                if theirs:
                    ours = found["swift-clip", kind, mode, place][1]
                    bars.at_least(f"index-{mode}-{kind}-{TARGETS[place]:.2f}-over-{family}", min(theirs) / ours, limit)


def build_bars(facts, bars):
    for name, limit in BUILD_LIMITS.items():
        if name in facts:
            ours, theirs = (facts[side]["build_cpu_seconds"] for side in ("swift-clip", name))
            bars.at_most(f"index-build-over-{name}", ours / theirs, limit)


def main(folder, options, bars):
    found, facts = compare(folder, [name for name in options.systems if name not in GRAPHS], options)
    speed_bars(found, bars)
    build_bars(facts, bars)
    for kind in KINDS:
        for mode in MODES:
            got = found["swift-clip", kind, mode, TARGETS.index(0.95)][0]
            bars.at_least(f"index-{mode}-{kind}-recall-of-.95", got, 0.945)
            bars.at_most(f"index-{mode}-{kind}-recall-of-.95", got, 0.97)
    ours = facts["swift-clip"]
    bars.at_most("index-code-bytes", ours["code_bytes_per_vector"], 96)
    bars.at_most("index-hot-bytes", ours["bytes_per_vector"], 120)
    bars.at_most("index-append-microseconds", ours["append_microseconds"], 25)


def graphs(folder, options, bars):
    """Single queries that are pictures: words lie outside of a graph of pictures, and take it forever."""
    found, facts = compare(folder, [name for name in options.systems if name in GRAPHS], options, ["pictures"], ["single"])
    speed_bars(found, bars)
    build_bars(facts, bars)
