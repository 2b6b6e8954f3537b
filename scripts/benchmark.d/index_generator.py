"""Embeddings as CLIP makes them, drawn by lot: pictures in clusters under topics, and words that lie elsewhere.

    index_generator.py FOLDER --count 500000 --seed 1

Writes what a collection is made of and what is asked of it, rows of length one: `base.npy` [count, 512]; `learn-pictures.npy`,
`learn-words.npy` [6000, 512], queries that an index may learn from; `test-pictures.npy`, `test-words.npy` [2000, 512], which
it may not see; and `truth-pictures.npy`, `truth-words.npy` [2000, 10], the rows of the largest products, best first.

A picture is a cluster (of a topic, frequencies by power laws) plus what is its own; words tell the cluster of a picture of the
collection, a part of its own, and noise on other axes; the two modalities have different means (the modality gap).
"""

import argparse
import json
from pathlib import Path

import numpy

DIMENSIONS, TESTED, LEARNT, NEAREST = 512, 2_000, 6_000, 10
TOPICS, PER_CLUSTER, CHUNK = 256, 40, 50_000


def unit(rows):
    return (rows / numpy.linalg.norm(rows, axis=1, keepdims=True)).astype(numpy.float32)


def spectrum(power, offset):
    """Standard deviations that fall by a power law; their squares add up to one."""
    deviations = (numpy.arange(DIMENSIONS) + offset) ** -power
    return (deviations / numpy.sqrt((deviations**2).sum())).astype(numpy.float32)


class Space:
    """One drawing of topics and clusters, from which pictures and words are drawn."""

    def __init__(self, count, seed):
        self.seed = seed
        self.axes = numpy.linalg.qr(self.random(1).standard_normal((DIMENSIONS, DIMENSIONS)))[0].astype(numpy.float32)
        self.wide, self.own, self.noise = spectrum(0.55, 6.0), spectrum(0.40, 12.0), spectrum(0.60, 6.0)
        first, second = unit(self.random(2).standard_normal((2, DIMENSIONS)))
        self.picture_mean, self.word_mean = first, 0.15 * first + numpy.sqrt(1 - 0.15**2).astype("f4") * second
        random, clusters = self.random(3), count // PER_CLUSTER
        topics = self.normal(random, TOPICS) * self.wide
        topic = random.choice(TOPICS, clusters, p=self.frequencies(TOPICS, 5, 0.8))
        self.clusters = 0.50 * topics[topic] + 0.45 * self.normal(random, clusters) * self.wide
        self.cluster_frequencies = self.frequencies(clusters, 20, 0.7)
        gain = numpy.exp(0.4 * self.random(4).standard_normal(DIMENSIONS))
        self.gain = (gain / numpy.sqrt((gain**2 * self.wide**2).sum() / (self.wide**2).sum())).astype(numpy.float32)
        self.noise = self.noise[self.random(5).permutation(DIMENSIONS)]

    def random(self, purpose):
        return numpy.random.Generator(numpy.random.PCG64([self.seed, purpose]))

    def normal(self, random, count):
        return random.standard_normal((count, DIMENSIONS), dtype=numpy.float32)

    def frequencies(self, count, offset, power):
        weights = (numpy.arange(count) + float(offset)) ** -power
        return weights / weights.sum()

    def items(self, random, count):
        """What pictures show (cluster, or for a tenth something of no cluster), and what is each one's own."""
        shown = self.clusters[random.choice(len(self.clusters), count, p=self.cluster_frequencies)]
        alone = random.random(count) < 0.10
        shown[alone] = 0.67 * self.normal(random, int(alone.sum())) * self.wide
        spread = 0.72 * numpy.exp(0.25 * random.standard_normal((count, 1)))
        return shown, spread.astype(numpy.float32) * self.normal(random, count) * self.own

    def pictures(self, shown, own):
        return unit((shown + own) @ self.axes + self.picture_mean)

    def words(self, random, shown, own):
        vagueness = 0.60 * numpy.exp(0.25 * random.standard_normal((len(shown), 1))).astype(numpy.float32)
        said = self.gain * (0.55 * shown + 0.25 * own)
        noise = self.normal(random, len(shown)) * self.noise + self.normal(random, len(shown)) * self.wide
        return unit((said + vagueness * noise) @ self.axes + self.word_mean)


def truth(queries, base):
    """[queries, 10]: the rows with the largest products, best first; of equals the first."""
    found = numpy.empty((len(queries), NEAREST), numpy.int32)
    for start in range(0, len(queries), 200):
        scores = queries[start:start + 200] @ base.T
        best = numpy.sort(numpy.argpartition(-scores, NEAREST, axis=1)[:, :NEAREST], axis=1)
        order = numpy.argsort(-numpy.take_along_axis(scores, best, 1), axis=1, kind="stable")
        found[start:start + 200] = numpy.take_along_axis(best, order, 1)
    return found


def generate(folder, count, seed):
    """Makes the folder, unless it holds just that already."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = {"count": count, "seed": seed}
    done = folder / "made.json"
    if done.exists() and json.loads(done.read_text()) == stamp:
        return
    done.unlink(missing_ok=True)
    space = Space(count, seed)
    base = numpy.lib.format.open_memmap(folder / "base.npy", "w+", numpy.float32, (count, DIMENSIONS))
    described = space.random(6).choice(count, TESTED + LEARNT, replace=False)  # rows that the words are about
    shown, own = numpy.empty((2, len(described), DIMENSIONS), numpy.float32)
    for number, start in enumerate(range(0, count, CHUNK)):
        items = space.items(space.random(1_000 + number), min(CHUNK, count - start))
        base[start:start + CHUNK] = space.pictures(*items)
        here = numpy.flatnonzero(described // CHUNK == number)
        shown[here], own[here] = (part[described[here] - start] for part in items)
    base.flush()
    pictures = space.pictures(*space.items(space.random(10), len(described)))
    for kind, queries in (("pictures", pictures), ("words", space.words(space.random(11), shown, own))):
        numpy.save(folder / f"test-{kind}.npy", queries[:TESTED])
        numpy.save(folder / f"learn-{kind}.npy", queries[TESTED:])
        numpy.save(folder / f"truth-{kind}.npy", truth(queries[:TESTED], base))
    done.write_text(json.dumps(stamp))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=500_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    generate(options.folder, options.count, options.seed)


if __name__ == "__main__":
    main()
