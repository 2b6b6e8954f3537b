"""Writes Tests/Fixtures/golden/faiss.json: index files that FAISS wrote, and the vectors that it reads out of them.

    python3 -m venv .venv && .venv/bin/pip install numpy faiss-cpu
    .venv/bin/python scripts/golden/faiss_files.py

The file is {"versions": {…}, "cases": [{"name", "file" (base64), "embedDim", "ids", "rows", "queries", "transformed"}]}. `rows` are
row-major in the order of the ids, as FAISS reconstructs them from the index inside; where a transform stands before it,
`transformed` is what it makes of `queries`. "refused" are files that are to be refused.

    .venv/bin/python scripts/golden/faiss_files.py --compare OURS.faiss QUERIES.npy ANSWERS.jsonl

compares what FAISS answers from a file of ours with ours: one line a query and nprobe, {"nprobe", "query", "ids", "scores"}.
"""

import argparse
import base64
import json
import tempfile
from pathlib import Path

import faiss
import numpy

TARGET = Path(__file__).resolve().parents[2] / "Tests/Fixtures/golden/faiss.json"
WIDTH, COUNT = 8, 48
luck = numpy.random.default_rng(11)


def rows(count, width=WIDTH):
    x = luck.normal(size=(count, width)).astype(numpy.float32)
    return x / numpy.linalg.norm(x, axis=1, keepdims=True)


def written(index):
    with tempfile.NamedTemporaryFile() as file:
        faiss.write_index(index, file.name)
        return base64.b64encode(Path(file.name).read_bytes()).decode()


def case(name, index, ids=None, queries=None, transformed=None):
    """`ids` in the order in which they were added."""
    ids = list(range(index.ntotal)) if ids is None else [int(i) for i in ids]
    inner = faiss.downcast_index(index.index) if hasattr(index, "index") else index
    if hasattr(inner, "make_direct_map"):
        inner.make_direct_map()
    found = inner.reconstruct_n(0, index.ntotal)
    if hasattr(inner, "make_direct_map"):
        inner.make_direct_map(False)
    order = numpy.argsort(ids)
    short = lambda m: [] if m is None else [float(f"{x:.9g}") for x in numpy.asarray(m, dtype=float).flatten()]
    return {"name": name, "file": written(index), "embedDim": inner.d, "ids": [ids[i] for i in order],
            "rows": short(found[order]), "queries": short(queries), "transformed": short(transformed)}


def factory(description, x, metric=faiss.METRIC_INNER_PRODUCT, ids=None, add=None):
    index = faiss.index_factory(x.shape[1], description, metric)
    index.train(x)
    add = x if add is None else add
    index.add(add) if ids is None else index.add_with_ids(add, ids)
    return index


def transformed(name, index, queries):
    chain = index.chain.at(0)
    return case(name, index, queries=queries, transformed=chain.apply(queries))


def main():
    x, queries = rows(COUNT), rows(3)
    ids = luck.permutation(1000)[:COUNT].astype(numpy.int64)
    residual = factory("IVF4,SQ8", x)
    plain = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(WIDTH), WIDTH, 4, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT, False)
    plain.train(x)
    plain.add(x)
    linear = faiss.LinearTransform(WIDTH, 5, True)
    faiss.copy_array_to_vector(luck.normal(size=5 * WIDTH).astype(numpy.float32), linear.A)
    faiss.copy_array_to_vector(luck.normal(size=5).astype(numpy.float32), linear.b)
    linear.is_trained = True
    moved = faiss.IndexPreTransform(linear, faiss.IndexFlatIP(5))
    moved.add(x)
    cases = [
        case("IxFI", factory("Flat", x)), case("IxF2", factory("Flat", x, faiss.METRIC_L2)),
        case("IxM2", factory("IDMap2,Flat", x, ids=ids), ids), case("IxMp", factory("IDMap,Flat", x, ids=ids), ids),
        case("IwFl", factory("IVF4,Flat", x)), case("IwFl sparse", factory("IVF16,Flat", x, add=x[:2])),
        case("IwSq 8 bits of residuals", residual), case("IwSq 8 bits", plain),
        case("IwSq fp16", factory("IVF4,SQfp16", x)), case("IxSQ 8 bits", factory("SQ8", x)),
        case("IxSQ fp16", factory("SQfp16", x)), case("IxM2 of IwSq", factory("IDMap2,IVF4,SQfp16", x, ids=ids), ids),
        transformed("IxPT of LTra", moved, queries), transformed("IxPT of rrot", factory("RR8,Flat", x), queries),
        transformed("IxPT of Pcam", factory("PCAW4,IVF3,Flat", x), queries),
        case("IxPT of VNrm", factory("L2norm,Flat", x)),
    ]
    refused = [{"name": name, "file": written(factory(name, x))} for name in
               ("HNSW8", "IVF4,PQ4x4", "SQ4", "IVF4,SQ6", "IVF4,RaBitQ")]
    TARGET.write_text(json.dumps({
        "versions": {"faiss": faiss.__version__, "numpy": numpy.__version__, "script": "scripts/golden/faiss_files.py"},
        "cases": cases, "refused": refused}) + "\n")


def compare(path, queries, answers):
    # Half precision moves scores by up to 1e-3, and then which of two that are nearly equal is the last.
    tolerance = 1e-3 if "half" in path else 1e-6
    index, asked = faiss.read_index(path), numpy.load(queries)
    lines = [json.loads(line) for line in Path(answers).read_text().splitlines()]
    worst = 0.0
    for line in lines:
        if hasattr(index, "nprobe"):
            index.nprobe = line["nprobe"]
        scores, ids = index.search(asked[line["query"]:line["query"] + 1], len(line["ids"]))
        worst = max(worst, float(numpy.abs(scores[0] - line["scores"]).max()))
        same = tolerance > 1e-6 or set(ids[0].tolist()) == set(line["ids"])
        if worst > tolerance or not same:
            raise SystemExit(f"nprobe {line['nprobe']}, query {line['query']}: FAISS {ids[0].tolist()}, ours {line['ids']}")
    print(f"{len(lines)} answers agree, largest difference of scores {worst:.1e}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--compare", nargs=3, metavar=("OURS", "QUERIES", "ANSWERS"))
    chosen = parser.parse_args()
    compare(*chosen.compare) if chosen.compare else main()
