"""What recipes of text share: pairs of texts in two columns, sentences, and Debian's package descriptions.

Standard library only. A pair is a query and a text that answers it. No text answers twice, so that no two rows say
the same; a query may have several answers, as a word has several meanings.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import recipe  # noqa: E402

SENTENCE_END = re.compile(r"(?:(?<=[.!?])|(?<=[.!?][\"')]))\s+(?=[\"'(]?[A-Z0-9])")
SENTENCE_LENGTH = range(20, 401)  # characters


class PairTable:
    """train.tsv and validation.tsv: two columns, no header. The side is chosen by the SHA-256 of the second column."""

    def __init__(self, folder):
        self.folder = folder
        self.answers = set()
        self.train, self.validation = [], []

    def add(self, first, second):
        """Takes the pair unless one of its texts is empty, or the second is in the table already."""
        pair = [" ".join(text.split()) for text in (first, second)]
        if not all(pair) or pair[1] in self.answers:
            return
        self.answers.add(pair[1])
        (self.validation if recipe.is_held_out(pair[1].encode()) else self.train).append("\t".join(pair))

    def add_neighbours(self, text):
        """Each two sentences of a text that follow one another."""
        sentences = [" ".join(sentence.split()) for sentence in SENTENCE_END.split(text)]
        for first, second in zip(sentences, sentences[1:]):
            if len(first) in SENTENCE_LENGTH and len(second) in SENTENCE_LENGTH:
                self.add(first, second)

    def write(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, lines in (("train", self.train), ("validation", self.validation)):
            (self.folder / f"{name}.tsv").write_text("\n".join(sorted(lines)) + "\n", encoding="utf-8")
        return f"{len(self.train)} pairs to train, {len(self.validation)} to validate"


def descriptions():
    """(short description, paragraphs) of every package of Debian's main part, from lists of our own."""
    lists = recipe.PACKAGES / "translations"
    if not (found := sorted(lists.glob("*_main_i18n_Translation-en"))):
        recipe.talk("fetching Debian's package descriptions")
        recipe.apt(recipe.apt_options(lists.name, "en") + ["-o", "Acquire::GzipIndexes=false", "update"])
        found = sorted(lists.glob("*_main_i18n_Translation-en"))
    if not found:
        raise recipe.Failure("cannot fetch package descriptions", str(lists), "apt-get update brought none",
                             "look at the network and /etc/apt/sources.list", 69)
    for path in found:
        for stanza in path.read_text(encoding="utf-8").split("\n\n"):
            _, _, description = stanza.partition("\nDescription-en: ")
            short, _, long = description.partition("\n")
            paragraphs = [" ".join(part.split()) for part in re.split(r"^ \.$", long, flags=re.MULTILINE)]
            if short:
                yield short, [paragraph for paragraph in paragraphs if paragraph]
