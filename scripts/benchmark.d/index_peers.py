"""The peers of `scripts/benchmark index`, one a process: builds an index of a folder of index_generator.py and answers.

    index_peers.py SYSTEM FOLDER --threads 1

Prints a line of JSON when it is built: CPU seconds of building, bytes a vector, how it is built, and the settings to try,
cheapest first. Then answers each line ["pictures" or "words", "batch" or "single", SETTING, QUERIES] with the recall and the CPU
microseconds a query. Built indexes stay in FOLDER/peers and are used again by the same version; < /dev/null builds and leaves.

FAISS's fast-scan codes are followed by exact products with the floats (RFlat), as its users do it.
"""

import argparse
import json
import math
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy

NEAREST = 10


def list_count(count):
    """About 4·√count lists, a power of two."""
    return 1 << int(math.log2(4 * math.sqrt(count)))


class Peer:
    """An index of `base`: `build` it (what several share may be kept in a folder), `save` and `load` it, and
    `search(queries, setting)` → [queries, 10]."""

    settings, package, seconds_before = [], "", 0.0

    def __init__(self, base, threads):
        self.base, self.threads = base, threads
        self.dimensions = base.shape[1]

    def search_one(self, query, setting):
        return self.search(query[None], setting)[0]


class Faiss(Peer):
    """FAISS's inverted lists: the factory's words behind IVF, a number for each `codes_of` dimensions where it has codes."""

    package, words, codes_of, has_lists = "faiss-cpu", "Flat", 0, True
    settings = [[probes] for probes in (4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024)]

    def __init__(self, base, threads):
        super().__init__(base, threads)
        import faiss

        self.faiss = faiss
        faiss.omp_set_num_threads(threads)

    @property
    def recipe(self):
        codes = f"PQ{self.dimensions // self.codes_of}x4fs,RFlat" if self.codes_of else self.words
        return f"IVF{list_count(len(self.base))},{codes}"

    def build(self, kept):
        self.index = self.new(self.recipe)
        rows = numpy.ascontiguousarray(self.base)
        if self.has_lists:
            self.lists.quantizer.add(self.centroids(kept))  # so that only codes are left to train
        self.index.train(rows)
        self.index.add(rows)

    def new(self, recipe):
        return self.faiss.index_factory(self.dimensions, recipe, self.faiss.METRIC_INNER_PRODUCT)

    @property
    def lists(self):
        """The inverted lists in front of the floats that refine what they found."""
        return self.faiss.downcast_index(self.index.base_index) if self.codes_of else self.index

    def centroids(self, kept):
        """The means of the lists: clustered once for all of FAISS's indexes, and counted with each."""
        recipe = f"IVF{list_count(len(self.base))},Flat"
        file, facts, made = kept / "faiss-lists.npy", kept / "faiss-lists.json", f"{version(self.package)}: {recipe}"
        if facts.exists() and json.loads(facts.read_text())["version"] == made:
            self.seconds_before = json.loads(facts.read_text())["cpu_seconds"]
            return numpy.load(file)
        began, index = time.process_time(), self.new(recipe)
        index.train(numpy.ascontiguousarray(self.base))
        found = index.quantizer.reconstruct_n(0, index.nlist)
        numpy.save(file, found)
        facts.write_text(json.dumps({"version": made, "cpu_seconds": time.process_time() - began}))
        return found

    def save(self, path):
        self.faiss.write_index(self.index, str(path))

    def load(self, path):
        self.index = self.faiss.read_index(str(path))

    def search(self, queries, setting):
        if self.codes_of:
            self.index.k_factor = setting[1]
        self.lists.nprobe = setting[0]
        return self.index.search(queries, NEAREST)[1]


class FaissFastScan4(Faiss):
    codes_of = 4
    settings = [[*probes, factor] for probes in Faiss.settings for factor in (4, 10, 30)]


class FaissFastScan2(FaissFastScan4):
    codes_of = 2


class FaissBytes(Faiss):
    words = "SQ8"


class FaissExact(Faiss):
    """A look at every float."""

    settings, recipe, has_lists = [[]], "Flat", False

    def search(self, queries, setting):
        return self.index.search(queries, NEAREST)[1]


class Scann(Peer):
    """ScaNN's tree with spilling (SOAR), anisotropic codes, and floats behind them."""

    package = "scann"
    settings = [[leaves, kept] for leaves in (8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768)
                for kept in (40, 100, 250)]

    @property
    def recipe(self):
        return f"{list_count(len(self.base))} leaves, SOAR, 2 dimensions a code, reordered"

    def build(self, kept):
        import scann

        self.index = (
            scann.scann_ops_pybind.builder(numpy.ascontiguousarray(self.base), NEAREST, "dot_product")
            .tree(list_count(len(self.base)), 64, training_sample_size=min(len(self.base), 250_000), spherical=True,
                  soar_lambda=1.5)
            .score_ah(2, anisotropic_quantization_threshold=0.2).reorder(100)
            .set_n_training_threads(self.threads).build())
        self.index.set_num_threads(self.threads)

    def save(self, path):
        path.mkdir(exist_ok=True)
        self.index.serialize(str(path))

    def load(self, path):
        import scann

        self.index = scann.scann_ops_pybind.load_searcher(str(path))
        self.index.set_num_threads(self.threads)

    def search(self, queries, setting):
        search = self.index.search_batched if self.threads == 1 else self.index.search_batched_parallel
        return search(queries, leaves_to_search=setting[0], pre_reorder_num_neighbors=setting[1],
                      final_num_neighbors=NEAREST)[0]

    def search_one(self, query, setting):
        return self.index.search(query, leaves_to_search=setting[0], pre_reorder_num_neighbors=setting[1],
                                 final_num_neighbors=NEAREST)[0]


class Hnswlib(Peer):
    package, links, build_width = "hnswlib", 32, 200
    settings = [[width] for width in (10, 20, 40, 80, 160, 320, 640, 1280, 2560)]

    @property
    def recipe(self):
        return f"M {self.links}, ef_construction {self.build_width}"

    def new(self):
        import hnswlib

        return hnswlib.Index("ip", self.dimensions)

    def build(self, kept):
        self.index = self.new()
        self.index.init_index(len(self.base), M=self.links, ef_construction=self.build_width)
        self.index.add_items(self.base, num_threads=self.threads)

    def save(self, path):
        self.index.save_index(str(path))

    def load(self, path):
        self.index = self.new()
        self.index.load_index(str(path), len(self.base))

    def search(self, queries, setting):
        self.index.set_ef(max(setting[0], NEAREST))
        return self.index.knn_query(queries, NEAREST, num_threads=self.threads)[0]


class USearch(Peer):
    package, numbers, links, build_width = "usearch", "i8", 32, 200
    settings = Hnswlib.settings

    @property
    def recipe(self):
        return f"{self.numbers}, connectivity {self.links}, expansion_add {self.build_width}"

    def new(self):
        from usearch.index import Index

        return Index(ndim=self.dimensions, metric="ip", dtype=self.numbers, connectivity=self.links,
                     expansion_add=self.build_width)

    def build(self, kept):
        self.index = self.new()
        self.index.add(numpy.arange(len(self.base)), self.base, threads=self.threads)

    def save(self, path):
        self.index.save(str(path))

    def load(self, path):
        self.index = self.new()
        self.index.load(str(path))

    def search(self, queries, setting):
        self.index.expansion_search = max(setting[0], NEAREST)
        return numpy.atleast_2d(self.index.search(queries, NEAREST, threads=self.threads).keys)


class USearchHalves(USearch):
    numbers = "f16"


SYSTEMS = {"faiss-exact": FaissExact, "faiss-flat": Faiss, "faiss-sq8": FaissBytes, "faiss-pq128fs": FaissFastScan4,
           "faiss-pq256fs": FaissFastScan2, "scann": Scann, "hnswlib": Hnswlib, "usearch": USearch,
           "usearch-f16": USearchHalves}


def prepared(name, folder, threads):
    """The peer, built or read again, with the CPU seconds that building took and the bytes that it left."""
    peer, kept = SYSTEMS[name](numpy.load(folder / "base.npy", mmap_mode="r"), threads), folder / "peers"
    kept.mkdir(exist_ok=True)
    path, facts = kept / name, kept / f"{name}.json"
    made = f"{peer.package} {version(peer.package)}: {peer.recipe}"
    if facts.exists() and json.loads(facts.read_text())["version"] == made:
        peer.load(path)
        return peer, json.loads(facts.read_text())
    facts.unlink(missing_ok=True)
    began = time.process_time()
    peer.build(kept)
    seconds = time.process_time() - began + peer.seconds_before
    peer.save(path)
    files = [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]
    size = sum(file.stat().st_size for file in files) / len(peer.base)
    found = {"build_cpu_seconds": seconds, "bytes_per_vector": size, "version": made}
    facts.write_text(json.dumps(found))
    return peer, found


def answer(peer, queries, truth, mode, setting):
    """(recall, CPU microseconds a query), after a few queries that count nothing."""
    peer.search(queries[:20], setting)
    began = time.process_time()
    if mode == "batch":
        found = peer.search(queries, setting)
    else:
        found = [peer.search_one(query, setting) for query in queries]
    seconds = time.process_time() - began
    right = sum(len(set(map(int, row[:NEAREST])) & set(best)) for row, best in zip(found, truth.tolist()))
    return {"recall": right / truth.size, "microseconds": 1e6 * seconds / len(queries)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("system", choices=SYSTEMS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    peer, facts = prepared(options.system, options.folder, options.threads)
    print(json.dumps({**facts, "settings": peer.settings}), flush=True)
    asked = {kind: [numpy.load(options.folder / f"{part}-{kind}.npy") for part in ("test", "truth")]
             for kind in ("pictures", "words") if (options.folder / f"test-{kind}.npy").exists()}
    for line in sys.stdin:
        kind, mode, setting, most = json.loads(line)
        queries, truth = (rows[:most] for rows in asked[kind])
        print(json.dumps(answer(peer, numpy.ascontiguousarray(queries), truth, mode, setting)), flush=True)


if __name__ == "__main__":
    main()
