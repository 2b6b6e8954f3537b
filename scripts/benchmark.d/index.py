"""The index beside FAISS, ScaNN, hnswlib and USearch, at equal recall, for pictures and for words. The parts:

main      FAISS's inverted lists and ScaNN: batches and single queries, building, memory
graphs    hnswlib and USearch: single queries that are pictures, building, memory, on --graph-count embeddings
threads   two threads beside one, and beside what a loop that adds up memory gains
real      MiniLM's vectors of meanings, and drawings in a CLIP of this project, beside all peers
churn     a fifth removed and as many appended without a rebuild, beside an index built anew
filters   searches among a half, a tenth, a hundredth and a thousandth of the rows
opening   a million rows: opening, and the first query when nothing is in memory
scanned   rows that the learned router visits, and those that a fixed nprobe needs in the same lists
crash     500 kills and 1,000 damages: the tests of VectorIndex and clip-index that do it

Embeddings are drawn as index_generator.py describes, with a seed of the day's own. Ours is asked for a recall, and its settings
come from queries that are not those measured; each peer is given the cheapest of its settings that reaches the recall on the
very queries that are measured. Then all answer in turns: recall@10, CPU microseconds a query, medians of the rounds. A peer that
would take longer than four seconds is asked fewer queries. What the peers built is kept with its CPU seconds and used again.
"""

import argparse
import sys
import time

from index_alone import churn, crash, filters, opening, scanned, threads
from index_generator import generate
from index_main import graphs, main as compare_all
from index_real import real
from index_sides import SYSTEMS
from report import RESULTS, Bars, prepare, print_machine

PARTS = {"main": compare_all, "graphs": graphs, "threads": threads, "real": real, "churn": churn, "filters": filters,
         "opening": opening, "scanned": scanned, "crash": crash}
MOST_OF_GRAPHS = 100_000  # usually: at 500,000 a graph takes half an hour to build


def parse():
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark index", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="parts (all)")
    parser.add_argument("--count", type=int, default=500_000, help="embeddings of the collection (500,000)")
    parser.add_argument("--graph-count", type=int, help="embeddings of the part graphs (100,000, or --count where it is less)")
    parser.add_argument("--systems", nargs="*", choices=SYSTEMS, default=SYSTEMS, help="peers (all)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of all (3)")
    parser.add_argument("--threads", type=int, default=1, help="of main, graphs and real (1)")
    parser.add_argument("--seed", type=int, default=int(time.strftime("%Y%m%d")), help="of the embeddings (the date)")
    return parser.parse_args()


def collection(count, seed):
    """The folder of a collection, which is made now where it is not there."""
    folder = RESULTS / f"index/{count}-{seed}"
    generate(folder, count, seed)
    return folder


def main():
    options, bars = parse(), Bars()
    prepare()
    print_machine(options.threads, ["numpy"])
    graph_count = options.graph_count or min(options.count, MOST_OF_GRAPHS)
    for name, part in PARTS.items():
        if name in options.only:
            count, began = graph_count if name == "graphs" else options.count, time.perf_counter()
            print(f"== {name}: {count:,} embeddings of 512 numbers, seed {options.seed}" if name not in ("real", "crash")
                  else f"== {name}")
            part(collection(count, options.seed) if name not in ("real", "crash") else None, options, bars)
            print(f"   ({time.perf_counter() - began:.0f} s)\n", flush=True)
    return bars.close()


if __name__ == "__main__":
    sys.exit(main())
