"""The section `texts` of starting-points: texts found by texts, through clip-index and through sentence-transformers."""

import random
import shutil
import subprocess

import numpy

from report import REPOSITORY, RESULTS, interval, print_table

FOLDER = RESULTS / "starting-points/texts"
ENCODER = REPOSITORY / "models/minilm-l6/prepared"
PAIRS = 500
SETS = {
    "descriptions: short, long": "debian-descriptions/prepared/short-long",
    "descriptions: sentence, next": "debian-descriptions/prepared/adjacent",
    "WordNet: words, meaning": "wordnet/prepared",
    "GCIDE: word, definition": "gcide/prepared",
    "fortunes: sentence, next": "fortunes/prepared",
}


def pairs(folder):
    """Some held-out pairs: their first column, and their second."""
    lines = (REPOSITORY / "datasets" / folder / "validation.tsv").read_text(encoding="utf-8").splitlines()
    chosen = random.Random(0).sample(lines, PAIRS)
    return tuple(zip(*(line.split("\t") for line in chosen)))


def ours(texts, model=ENCODER):
    """Embeddings of texts by clip-index, one a line."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    (FOLDER / "texts.txt").write_text("\n".join(texts) + "\n", encoding="utf-8")
    subprocess.run(
        [*map(str, [REPOSITORY / ".build/release/clip-index", "--text", FOLDER / "texts.txt", "--passages", "lines",
                    "--model", model, "--output", FOLDER / "index", "--vectors", FOLDER / "vectors.npy"])],
        check=True, capture_output=True)
    lines = [line.rsplit(":", 1)[1] for line in (FOLDER / "vectors.txt").read_text().splitlines()]
    assert lines == [str(number + 1) for number in range(len(texts))], "a line is missing or in another place"
    return numpy.load(FOLDER / "vectors.npy")


def recalls(queries, answers):
    """R@1 and R@10: the share of queries whose own answer is among the nearest."""
    scores = queries @ answers.T
    ranks = (scores > scores.diagonal()[:, None]).sum(1)
    return float((ranks < 1).mean()), float((ranks < 10).mean())


def prepare():
    for name in ("debian-descriptions", "wordnet", "gcide", "fortunes"):
        subprocess.run([REPOSITORY / "datasets" / name / "prepare"], check=True, stdout=subprocess.DEVNULL)


def measure(bars):
    from sentence_transformers import SentenceTransformer

    prepare()
    peer = SentenceTransformer(str(ENCODER), device="cpu")
    rows = []
    for name, folder in SETS.items():
        columns = pairs(folder)
        found = recalls(*map(ours, columns))
        expected = recalls(*(peer.encode(list(column), normalize_embeddings=True) for column in columns))
        low, high = interval(found[1], PAIRS)
        rows.append([name, *(f"{value:.3f}" for value in found), f"{low:.3f} to {high:.3f}",
                     *(f"{value:.3f}" for value in expected), f"{10 / PAIRS:.3f}", PAIRS])
        place = folder.removesuffix("/prepared").replace("/prepared/", "-")
        for k, mine, theirs in zip((1, 10), found, expected):
            bars.at_most(f"starting-points-texts-{place}-recall-at-{k}-difference", abs(mine - theirs), 0.005)
    print("the second text of a pair found by the first, among 500 held out, with MiniLM")
    print_table(["pairs", "R@1", "R@10", "95 % of R@10", "sentence-transformers' R@1", "R@10", "chance at 10", "N"], rows)
