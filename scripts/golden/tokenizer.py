"""Writes Tests/Fixtures/tokenizer/: what Hugging Face's tokenizers make of many texts.

    scripts/benchmark.d/venv && .venv/bin/python scripts/golden/tokenizer.py

clip/        merges.txt: the 48,894 merges of CLIP's vocabulary (OpenAI, MIT licence), from the list that open_clip ships
own/         the tokenizer files of a small vocabulary, as our own code wrote them; this script only reads them
golden.json  {"versions": {…}, "cases": [{"text": …, "clip": {…}, "own": {…}}, …]}, and a result is
             {"ids": […], "truncated": …}: at most 77 ids with CLIP's vocabulary, 32 with ours
uncased/     tokenizer.json and vocab.txt of BERT's kind: small word pieces of these texts, without capitals and accents
cased/       the same with both; ideographs do not stand alone
unigram/     tokenizer.json of SentencePiece's kind, with its table of characters (nmt_nfkc) and an end token
pieces.json  as golden.json, with the results of these three: at most 40 ids
"""

import argparse
import gzip
import importlib.metadata
import importlib.util
import io
import json
import os
import random
import tempfile
from pathlib import Path

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import sentencepiece  # noqa: E402
import sentencepiece.sentencepiece_model_pb2 as sentencepiece_model_pb2  # noqa: E402
import tokenizers  # noqa: E402
import transformers  # noqa: E402

MERGE_COUNT = 49152 - 256 - 2
PIECES = 40
FOLDER = Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "tokenizer"

TEXTS = """
a photo of a cat
A Photo Of A CAT
  leading and   trailing spaces\u0020\u0020
a red circle left of a large blue square
don't can't won't it's they're we've I'm she'll he'd
DON'T CAN'T IT'S THEY'RE WE'VE I'M SHE'LL HE'D
rock 'n' roll 'tis the dogs' bones'
'sand 'tea 'remedy 'vein 'moon 'llama 'drum 're 'v 'l ' ''s '''t
x's's's ''ll !'s ?'re .'d
don’t it’s “quoted” ‘single’
2 dogs, 33 cats and 1024 birds in 2024
3.14159 1,000,000 10% $5.99 €20 £7 ¥100 №5 §3
½ ¼ ² ³ ① Ⅳ ⅻ ٣ ३ 五 百
v1.0.2-beta_3 snake_case camelCase kebab-case file.tar.gz
https://example.org/path?query=1&other=two#part
user@example.org #hashtag @mention
!!! ??? ... --- *** ((())) [] {} <> / \\ | ~ ` ^
a/b\\c a+b=c x<y>z a&b <b>bold</b> &amp; &lt; &quot;
Café crème brûlée à la carte, naïve façade, jalapeño, Zürich
Cafe\u0301 cre\u0300me na\u0131\u0308ve A\u030angstro\u0308m n\u0303 o\u0302\u0323 \u1e69 s\u0323\u0307 s\u0307\u0323
Ångström Å K Ω ﬁ ﬂ ſ ß ẞ SS
İstanbul ISPARTA ıslak DİYARBAKIR
ΟΔΥΣΣΕΥΣ Σίσυφος ΣΑΣ ς σ
Москва ёлка ЩУКА й и\u0306 Київ
日本語のテキスト 東京タワー カタカナ ひらがな ｶﾀｶﾅ か\u3099 が
中文字符 一只猫在沙发上 你好，世界！
한국어 고양이 \u1112\u1161\u11ab\u1100\u1173\u11af 각 ㄱ
हिन्दी में बिल्ली क्षत्रिय \u0958 \u0915\u093c
ไทยแมวนั่งอยู่ ພາສາລາວ
العربية قطة جميلة שלום עולם شَرِبَ
Tiếng Việt con mèo đang ngủ
ქართული Հայերեն አማርኛ தமிழ் తెలుగు বাংলা ગુજરાતી
😀 😃😄 👍🏽 👨‍👩‍👧‍👦 🏳️‍🌈 ❤️ ☕ ✈️ 🇫🇷🇩🇪 1️⃣ ©️ ™ ®
a cat 🐱 on a mat🛋️with a hat🎩!
𝐛𝐨𝐥𝐝 𝔣𝔯𝔞𝔨 𝟙𝟚𝟛 𐐀𐐁 𓀀 𝄞
tabs\tand\rreturns\x0band\x0cfeeds
no\u00a0break\u2007figure\u202fnarrow\u3000ideographic\u2028line\u2029paragraph\u0085next\u1680ogham\u205fmath
zero\u200bwidth\u200cnon\u200djoiner\ufeffbom\u2060word\u180emongolian\u00adsoft
null\x00byte bell\x07 escape\x1b[0m delete\x7f unit\x1fseparator \u0080\u009f
private \ue000 noncharacter \uffff \ufdd0 replacement \ufffd
combining \u0300 alone a\u0300\u0301\u0302\u0303 e\u20dd \u0338 <\u0338 >\u0338 =\u0338
a<|endoftext|>b <|startoftext|> c
<|endoftext|>
<|ENDOFTEXT|> <|StartOfText|>!x !<|EndOfText|>
<|endoftext|>\u0338 <|endoftext <|startoftext|<|endoftext|>>
<|start oftext|> <| endoftext |> |><|
<start_of_text> <end_of_text> </w> a</w>b <unk> <pad> [CLS]
supercalifragilisticexpialidocious pneumonoultramicroscopicsilicovolcanoconiosis
aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
hahahahahahahahaha lololololololol zzzzzzzzz
the quick brown fox jumps over the lazy dog
an illustration of the flag of saint pierre and miquelon
clip art of a vintage typewriter, black and white, public domain
logo icon symbol vector; svg; 128x128px
"""

WORDS = [
    "a", "the", "photo", "of", "cat", "DOG", "It's", "we've", "12", "3.5", "blue", "Großmutter", "naïve", "e\u0301t\u0301",
    "東京", "猫", "кошка", "ΣΟΦΟΣ", "İ", "🐱", "👩‍🚀", "½", "--", "...", "!", "(x)", "'s", "'LL", "\u0939\u093f", "\u00a0",
    "\t", "\u200b", "\u3000", "한글", "\u1100\u1161", "#", "@you", "50%", "º", "ª", "ǅ", "ﬀ", "<", "|>", "&", "_", "\u0301",
]  # fmt: skip


def texts():
    """Written ones, then random ones: words joined with and without spaces, and scalars of many blocks."""
    luck = random.Random(7)
    given = TEXTS.strip("\n").split("\n")
    joined = ["".join(luck.choice(WORDS) + luck.choice(["", " ", "  "]) for _ in range(luck.randrange(1, 25))) for _ in range(150)]
    blocks = [(0x20, 0x7F), (0xA0, 0x180), (0x250, 0x370), (0x391, 0x3CA), (0x410, 0x450), (0x904, 0x93A), (0x3041, 0x3097),
              (0x4E00, 0x9FA6), (0xAC00, 0xD7A4), (0x1E00, 0x1EFA), (0x2010, 0x2028), (0x2190, 0x21F4), (0x1F600, 0x1F640)]  # fmt: skip
    mixed = ["".join(chr(luck.randrange(*luck.choice(blocks))) for _ in range(luck.randrange(1, 30))) for _ in range(100)]
    long = [" ".join(luck.choice(WORDS) for _ in range(200)), "word " * 75, "word " * 76, "猫" * 400, "new\nlines\r\nof two kinds", "", " ", "\t\n"]
    return given + joined + mixed + long


def result(tokenizer, text):
    ids = tokenizer(text, truncation=True)["input_ids"]
    return {"ids": ids, "truncated": len(tokenizer(text)["input_ids"]) > tokenizer.model_max_length}


def clip_tokenizer():
    """CLIP's own, made of the merges alone; writes these to the fixture."""
    package = Path(importlib.util.find_spec("open_clip").origin).parent
    lines = gzip.open(package / "bpe_simple_vocab_16e6.txt.gz").read().decode().split("\n")[1 : MERGE_COUNT + 1]
    merges = "#version: 0.2\n" + "\n".join(lines) + "\n"
    (FOLDER / "clip").mkdir(parents=True, exist_ok=True)
    (FOLDER / "clip" / "merges.txt").write_text(merges)

    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    symbols = [chr(b) for b in printable] + [chr(256 + i) for i in range(256 - len(printable))]
    names = symbols + [s + "</w>" for s in symbols] + [line.replace(" ", "") for line in lines]
    names += ["<|startoftext|>", "<|endoftext|>"]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "vocab.json").write_text(json.dumps({name: i for i, name in enumerate(names)}))
        (Path(folder) / "merges.txt").write_text(merges)
        tokenizer = transformers.CLIPTokenizerFast.from_pretrained(folder, model_max_length=77)
    assert len(tokenizer) == 49408
    return tokenizer


def word_pieces(name, **rules):
    """BERT's pipeline around word pieces learnt from the texts; its files are written to the fixture."""
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=30))
    tokenizer.normalizer = tokenizers.normalizers.BertNormalizer(clean_text=True, **rules)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    # Sorted, and with every letter of the first texts alone, so that others are unknown.
    trainer = tokenizers.trainers.WordPieceTrainer(vocab_size=700, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(texts()[:120], trainer)
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.enable_truncation(PIECES)
    (FOLDER / name).mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(FOLDER / name / "tokenizer.json"))
    vocab = sorted(tokenizer.get_vocab().items(), key=lambda entry: entry[1])
    (FOLDER / name / "vocab.txt").write_text("".join(f"{piece}\n" for piece, _ in vocab))
    return tokenizer


def unigram(name):
    """A Unigram model that sentencepiece learnt from the texts, in Hugging Face's file."""
    pieces = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(text for text in texts()[:160] if text.strip()), model_writer=pieces, vocab_size=450,
        model_type="unigram", pad_id=-1, bos_id=-1, eos_id=1, unk_id=0, character_coverage=0.98, num_threads=1,
        minloglevel=2)
    model = sentencepiece_model_pb2.ModelProto.FromString(pieces.getvalue())
    tokenizer = tokenizers.Tokenizer(
        tokenizers.models.Unigram([(piece.piece, piece.score) for piece in model.pieces], unk_id=0, byte_fallback=False))
    charsmap = tokenizers.normalizers.Precompiled(model.normalizer_spec.precompiled_charsmap)
    spaces = tokenizers.normalizers.Replace(tokenizers.Regex(" {2,}"), " ")
    tokenizer.normalizer = tokenizers.normalizers.Sequence(
        [charsmap, tokenizers.normalizers.Lowercase(), spaces, tokenizers.normalizers.Strip(left=False, right=True)])
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace()
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)])
    tokenizer.add_special_tokens(["</s>", "<unk>"])
    tokenizer.enable_truncation(PIECES)
    (FOLDER / name).mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(FOLDER / name / "tokenizer.json"))
    return tokenizer


def piece_result(tokenizer, text):
    tokenizer.no_truncation()
    whole = tokenizer.encode(text).ids
    tokenizer.enable_truncation(PIECES)
    return {"ids": tokenizer.encode(text).ids, "truncated": len(whole) > PIECES}


def write(name, cases):
    versions = {name: importlib.metadata.version(name) for name in ["open_clip_torch", "tokenizers", "transformers"]}
    body = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    (FOLDER / name).write_text(f'{{"versions": {json.dumps(versions)}, "cases": [\n{body}\n]}}\n')


def main():
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    clip, own = clip_tokenizer(), transformers.CLIPTokenizerFast.from_pretrained(FOLDER / "own")
    assert own.model_max_length == 32
    cases = [{"text": text, "clip": result(clip, text), "own": result(own, text)} for text in texts()]
    write("golden.json", cases)
    uncased = word_pieces("uncased", lowercase=True)
    cased = word_pieces("cased", lowercase=False, strip_accents=False, handle_chinese_chars=False)
    sentences = unigram("unigram")
    more = [*texts(), "[SEP] is a word [CLS][MASK]", "[sep] [ SEP ]", "a" * 30 + " " + "a" * 31]
    write("pieces.json", [
        {"text": text, "uncased": piece_result(uncased, text), "cased": piece_result(cased, text),
         "unigram": piece_result(sentences, text)} for text in more])
    counts = [sum(case[name]["truncated"] for case in cases) for name in ("clip", "own")]
    print(f"{len(cases)} cases, truncated: {counts[0]} with CLIP's vocabulary, {counts[1]} with ours")


if __name__ == "__main__":
    main()
