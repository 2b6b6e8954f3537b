"""What recipes of text share: pairs of texts in two columns, documents, sentences, and Debian's lists of packages.

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


class Documents:
    """train.txt and validation.txt: a sentence a line, a blank line between documents. SHA-256 chooses the side."""

    def __init__(self, folder):
        self.folder = folder
        self.paragraphs = set()
        self.train, self.validation = [], []

    def add(self, paragraphs):
        """Takes what no document before had, where that is two sentences or more."""
        new = [paragraph for paragraph in dict.fromkeys(paragraphs) if paragraph not in self.paragraphs]
        self.paragraphs.update(new)
        sentences = [" ".join(sentence.split()) for paragraph in new for sentence in SENTENCE_END.split(paragraph)]
        if len(sentences) >= 2:
            document = "\n".join(sentences)
            (self.validation if recipe.is_held_out(document.encode()) else self.train).append(document)

    def write(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, documents in (("train", self.train), ("validation", self.validation)):
            (self.folder / f"{name}.txt").write_text("\n\n".join(sorted(documents)) + "\n", encoding="utf-8")
        return f"{len(self.train)} documents to train, {len(self.validation)} to validate"


def descriptions():
    """(short description, paragraphs) of every package of Debian's main part."""
    for path in lists("translations", "en", "*_main_i18n_Translation-en"):
        for stanza in path.read_text(encoding="utf-8").split("\n\n"):
            _, _, description = stanza.partition("\nDescription-en: ")
            short, _, long = description.partition("\n")
            paragraphs = [" ".join(part.split()) for part in re.split(r"^ \.$", long, flags=re.MULTILINE)]
            if short:
                yield short, [paragraph for paragraph in paragraphs if paragraph]


def packages():
    """The fields of every package of Debian's main part, those of one line."""
    for path in lists("packages", "none", "*_main_binary-*_Packages"):
        for stanza in path.read_text(encoding="utf-8").split("\n\n"):
            fields = dict(line.split(": ", 1) for line in stanza.splitlines() if re.match(r"[A-Za-z0-9-]+: ", line))
            if "Package" in fields:
                yield fields


def lists(folder, languages, pattern):
    """Debian's lists of packages that match the pattern, from a folder of our own."""
    place = recipe.PACKAGES / folder
    if not (found := sorted(place.glob(pattern))):
        recipe.talk(f"fetching Debian's lists ({folder})")
        recipe.apt(recipe.apt_options(folder, languages) + ["-o", "Acquire::GzipIndexes=false", "update"])
        found = sorted(place.glob(pattern))
    if not found:
        raise recipe.Failure("cannot fetch package lists", str(place), "apt-get update brought none",
                             "look at the network and /etc/apt/sources.list", 69)
    return found
