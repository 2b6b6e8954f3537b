"""The parts of `scripts/benchmark index` that look at this side alone: threads, scanned, churn, filters, opening, crash."""

import json
import os
import re
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy

from index_generator import NEAREST, TESTED, truth
from index_sides import CLIP_BENCHMARK, KINDS, TARGETS, Ours, recall
from report import REPOSITORY, print_table

USUAL = {"recall": 0.95}


# Threads

def memory_gain(threads, rounds=5):
    """How many times faster so many threads add up floats that no cache holds."""
    floats = numpy.ones(1 << 27, numpy.float32)  # half a gigabyte
    parts = numpy.split(floats, threads)
    with ThreadPoolExecutor(threads) as pool:
        def seconds(run):
            began = time.perf_counter()
            run()
            return time.perf_counter() - began
        alone = min(seconds(lambda: [part.sum() for part in parts]) for _ in range(rounds))
        together = min(seconds(lambda: list(pool.map(numpy.sum, parts))) for _ in range(rounds))
    return alone / together


def threads(folder, options, bars):
    """Microseconds on the wall, on two threads and on one; single queries in the faster of both ways."""
    wall, rows = {}, []
    with Ours(folder) as one, Ours(folder, threads=2) as two:
        for _ in range(options.rounds):
            for kind in KINDS:
                for mode, most in (("batch", 2_000), ("single", 500), ("concurrent", 500)):
                    for count, side in ((1, one), (2, two)):
                        answer = side.ask(kind, mode, USUAL, most)
                        wall.setdefault((kind, mode, count), []).append(answer["wall"])
    wall = {key: statistics.median(found) for key, found in wall.items()}
    loop = memory_gain(2)
    gain = {(kind, mode): wall[kind, mode, 1] / wall[kind, mode, 2] for kind, mode, _ in wall}
    names = {"batch": "batch", "single": "single, threads share each", "concurrent": "single, each thread its own"}
    for kind in KINDS:
        for mode, words in names.items():
            rows.append([kind, words, *(f"{wall[kind, mode, count]:,.1f}" for count in (1, 2)), f"{gain[kind, mode]:.2f}"])
        bars.at_least(f"index-threads-batch-{kind}", gain[kind, "batch"], 1.8)
        single = max(gain[kind, "single"], gain[kind, "concurrent"])
        bars.at_least(f"index-threads-single-{kind}", single, round(min(1.5, loop), 2))
    print(f"threads, at recall .95: wall µs a query; a loop that adds up floats in memory gains {loop:.2f}")
    print_table(["queries", "", "1 thread", "2 threads", "gain"], rows)


# Scanned

def scanned(folder, options, bars):
    """Rows in the lists that the router and its gap visit, and in those that plain nprobe needs to reach as many neighbours."""
    rows = []
    with Ours(folder) as side:
        for kind in KINDS:
            for target in TARGETS:
                answer = side.ask(kind, "reach", {"recall": target}, 500)
                ratio = answer["scanned"] / answer["plain_scanned"]
                rows.append([kind, f"{target:.2f}", f"{answer['reached']:.3f}", f"{answer['scanned']:.2%}", answer["nprobe"],
                             f"{answer['plain_reached']:.3f}", f"{answer['plain_scanned']:.2%}", f"{ratio:.2f}"])
                bars.at_most(f"index-scanned-{kind}-{target:.2f}", ratio, 0.6)
    print("scanned: what the learned router and its gap reach, and q·centroid with a fixed nprobe in the same lists")
    print_table(["queries", "recall", "reached", "of rows", "nprobe", "reached", "of rows", "ratio"], rows)


# Churn

def churn(folder, options, bars):
    """A fifth of the rows is removed and as many come, without a rebuild, beside an index built of what is then there."""
    base = numpy.load(folder / "base.npy", mmap_mode="r")
    fifth = min(len(base), 120_000) // 6
    live = numpy.ascontiguousarray(base[fifth:6 * fifth])
    rows, found = [], {}
    sides = {"churned": Ours(folder, "--rows", f"0:{5 * fifth}", "--removing", f"0:{fifth}", "--appending",
                             f"{5 * fifth}:{6 * fifth}", name="churned"),
             "fresh": Ours(folder, "--rows", f"{fifth}:{6 * fifth}", name="fresh")}
    for kind in KINDS:
        right = truth(numpy.load(folder / f"test-{kind}.npy"), live) + fifth
        for name, side in sides.items():
            answer = side.ask(kind, "batch", USUAL, TESTED)
            found[kind, name] = recall(answer["found"], right), answer["microseconds"]
        rows.append([kind, *(cell for name in sides for cell in (f"{found[kind, name][0]:.4f}", f"{found[kind, name][1]:.1f}"))])
        bars.at_most(f"index-churn-{kind}", found[kind, "fresh"][0] - found[kind, "churned"][0], 0.01)
    for side in sides.values():
        side.close()
    print(f"churn: {fifth:,} of {5 * fifth:,} rows removed and as many appended, at recall .95")
    print_table(["queries", "churned, recall@10", "µs", "built anew, recall@10", "µs"], rows)


# Filters

def filters(folder, options, bars):
    """Searches among every n-th id, in batches and one by one."""
    base, rows, counts = numpy.load(folder / "base.npy", mmap_mode="r"), [], {"batch": 500, "single": 50}
    with Ours(folder) as side:
        for every in (2, 10, 100, 1000):
            some = numpy.ascontiguousarray(base[::every])
            for kind in KINDS:
                queries = numpy.load(folder / f"test-{kind}.npy")[: counts["batch"]]
                right, row = every * truth(queries, some), [f"{1 / every:.1%}", kind]
                for mode, most in counts.items():
                    answer = side.ask(kind, mode, {**USUAL, "every": every}, most)
                    got, short = recall(answer["found"], right), sum(len(hits) < NEAREST for hits in answer["found"])
                    strange = sum(place % every != 0 for hits in answer["found"] for place in hits)
                    row += [f"{got:.4f}", short, f"{answer['microseconds']:,.0f}"]
                    bars.at_least(f"index-filter-{1 / every:.1%}-{kind}-{mode}", got, 0.95)
                    bars.at_most(f"index-filter-{1 / every:.1%}-{kind}-{mode}-short-or-strange", short + strange, 0)
                rows.append(row)
    print("filters, at recall .95: recall@10, answers that are short, CPU µs a query")
    print_table(["allowed", "queries", *(word for mode in counts for word in (mode, "short", "µs"))], rows)


# Opening

def opening(folder, options, bars):
    """A million rows: those of the collection, again and again. Cold: its files dropped from the page cache."""
    Ours(folder, "--rows", "0:1000000", threads=os.cpu_count(), name="million").close()
    index, times = folder / "million", {}
    os.sync()
    for state in ("cold", "warm") * options.rounds:  # a warm one behind each cold one
        for file in index.iterdir() if state == "cold" else ():
            with open(file, "rb") as open_file:
                os.posix_fadvise(open_file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        command = [CLIP_BENCHMARK, "opening", index, folder / "test-words.npy"]
        done = subprocess.run([*map(str, command)], check=True, stdout=subprocess.PIPE, text=True)
        for name, value in json.loads(done.stdout).items():
            times.setdefault((state, name), []).append(value)
    times = {key: statistics.median(found) for key, found in times.items()}
    print(f"opening {times['warm', 'count']:,.0f} rows in {times['warm', 'lists']:,.0f} lists: milliseconds")
    print_table(["page cache", "opening", "first query"], [
        [state, *(f"{times[state, name]:.1f}" for name in ("opening_ms", "first_query_ms"))] for state in ("cold", "warm")])
    bars.at_most("index-opening-milliseconds", times["warm", "opening_ms"], 50)
    bars.at_most("index-first-query-cold-milliseconds", times["cold", "first_query_ms"], 300)


# Crashes

def crash(folder, options, bars):
    """The tests that kill clip-index at random moments and damage every file of an index."""
    command = ["swift", "test", "--disable-xctest", "--filter", "KillTests|DamageTests"]
    began = time.perf_counter()
    done = subprocess.run(command, cwd=REPOSITORY, env={**os.environ, "KILLS": "500", "SLOW_TESTS": "1"},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    summary = re.findall(r"Test run with .*", done.stdout)
    if done.returncode != 0 or not summary:
        print(done.stdout, file=sys.stderr)
    print(f"crash: 500 kills of build, add, replace, remove and optimize; 1,000 damages of every file "
          f"({time.perf_counter() - began:.0f} s)\n{summary[-1] if summary else 'the tests did not run'}\n")
    bars.at_most("index-crash-failures", done.returncode if summary else 1, 0)
