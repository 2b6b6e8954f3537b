"""Writes Tests/Fixtures/tokenizer/symbols.json: what Hugging Face's tokenizers make of sequences of symbols.

    scripts/benchmark.d/venv && .venv/bin/python scripts/golden/symbols.py

symbols/      the tokenizer files of a small vocabulary of words, as our own code wrote them; only read here
nucleotides/  the same, a character a symbol
symbols.json  {"versions": {…}, "cases": [{"text": …, "symbols": {…}, "nucleotides": {…}}, …]}, and a result is
              {"ids": […], "truncated": …}: at most 12 ids
"""

import argparse
import importlib.metadata
import json
import os
import random
from pathlib import Path

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import tokenizers  # noqa: E402
import transformers  # noqa: E402

FOLDER = Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "tokenizer"
MOST = 12
WRITTEN = ["", " ", "login view buy", "view\tbuy\nlogin\u3000view\u00a0buy\u2028buy\u0085login", "login, view", "Login LOGIN login",
           "rare unknown", "\"quote\\ \u0001 \u00fc u\u0308", "ACGT", "acgt", "AC GT\nNN", "GATTACA" * 4, "view " * 20,
           "<|mask|> view <|mask|>buy", "<|endoftext|>", "A<|unknown|>C<|startoftext|>", "猫 A 😀 e\u0301", "\u200bview \ufeffbuy"]  # fmt: skip
PIECES = ["login", "view", "buy", "logout", "ACGT", "A", "N", " ", "  ", "\n", "\"quote\\", "\u0001", "\u00fc", "x", "<|mask|>"]


def result(folder, text):
    tokenizer = tokenizers.Tokenizer.from_file(str(FOLDER / folder / "tokenizer.json"))
    whole = tokenizer.encode(text).ids
    automatic = transformers.AutoTokenizer.from_pretrained(FOLDER / folder)
    assert automatic.model_max_length == MOST and automatic(text)["input_ids"] == whole
    tokenizer.enable_truncation(MOST)
    return {"ids": tokenizer.encode(text).ids, "truncated": len(whole) > MOST}


def main():
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    luck = random.Random(3)
    texts = WRITTEN + ["".join(luck.choice(PIECES) + luck.choice(["", " "]) for _ in range(luck.randrange(1, 9))) for _ in range(40)]
    cases = [{"text": text, **{name: result(name, text) for name in ("symbols", "nucleotides")}} for text in texts]
    versions = {name: importlib.metadata.version(name) for name in ["tokenizers", "transformers"]}
    body = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    (FOLDER / "symbols.json").write_text(f'{{"versions": {json.dumps(versions)}, "cases": [\n{body}\n]}}\n')
    print(f"{len(cases)} cases")


if __name__ == "__main__":
    main()
