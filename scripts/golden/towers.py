"""Writes Tests/Fixtures/golden/towers: small random towers as transformers saves them, and what it computes with them.

    scripts/benchmark.d/venv && .venv/bin/python scripts/golden/towers.py

Each folder holds config.json and weights as `save_pretrained` writes them. Beside them expected.safetensors has

    of a picture tower   pixels [2, 3, side, side], class [2, width] (or head, for SigLIP's attention pooling) and
                         mean [2, width], over the patches' rows behind the last norm; pixels_other and class_other at a
                         side whose positions are interpolated
    of a text tower      ids, lengths: three captions one behind the other, and what they are pooled to

megatron-bert/poolings.safetensors has what sentence-transformers' `Pooling` makes of the same three captions, padded to one
length, in each of its modes that are known here: cls, mean, weightedmean, lasttoken.
"""

import argparse
import re
import shutil
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file, save_file

TARGET = Path(__file__).resolve().parents[2] / "Tests/Fixtures/golden/towers"
WIDTH = {"hidden_size": 24, "num_hidden_layers": 3, "num_attention_heads": 2}
SIZES = {**WIDTH, "intermediate_size": 40}
TOKENS = {"vocab_size": 16, "max_position_embeddings": 9}
CAPTIONS = [[3, 7, 1, 9, 2], [3, 2], [3, 11, 11, 5, 2, 4, 2]]
OLD_ATTENTION = [(r"attention\.q_proj", "attention.attention.query"), (r"attention\.k_proj", "attention.attention.key"),
                 (r"attention\.v_proj", "attention.attention.value"), (r"attention\.o_proj", "attention.output.dense")]
NEW_ATTENTION = [(r"attention\.attention\.query", "attention.q_proj"), (r"attention\.attention\.key", "attention.k_proj"),
                 (r"attention\.attention\.value", "attention.v_proj"), (r"attention\.output\.dense", "attention.o_proj")]


def randomised(model):
    """Weights large enough that every part of the tower shows in the output."""
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            centre = 1.0 if re.search(r"norm.*weight|lambda1", name.lower()) else 0.0
            parameter.copy_(centre + 0.3 * torch.randn(parameter.shape, generator=generator))
    return model.eval()


def pictures(side):
    return torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(side))


def save(name, model, expected, **how):
    folder = TARGET / name
    model.save_pretrained(folder, **how)
    save_file({key: value.detach().contiguous() for key, value in expected.items()}, folder / "expected.safetensors")
    print(name, sorted(path.name for path in folder.iterdir()))
    return folder


def vision(name, model, side, rows, extra, other=None, **how):
    """`rows` gives all rows behind the last norm; `extra` of them come before the patches."""
    model = randomised(model)
    with torch.no_grad():
        found = model(pixel_values=pictures(side))
        normed = rows(model, found)
        expected = {"pixels": pictures(side), "mean": normed[:, extra:].mean(1)}
        expected |= {"class": normed[:, 0]} if extra else {"head": found.pooler_output}
        if other:
            more = rows(model, model(pixel_values=pictures(other)))
            expected |= {"pixels_other": pictures(other), "class_other": more[:, 0]}
    return save(name, model, expected, **how)


def text(name, model, pool, length=None, **how):
    """`length` is that to which captions are padded with token 2."""
    model = randomised(model)
    captions = [ids + [2] * ((length or len(ids)) - len(ids)) for ids in CAPTIONS]
    with torch.no_grad():
        pooled = [pool(model(input_ids=torch.tensor([ids]))) for ids in captions]
    expected = {"ids": torch.tensor([token for ids in captions for token in ids], dtype=torch.int32),
                "lengths": torch.tensor([len(ids) for ids in captions], dtype=torch.int32),
                "pooled": torch.cat(pooled)}
    return save(name, model, expected, **how)


def poolings(folder, model):
    """Every mode of sentence-transformers on the captions as a padded batch."""
    from sentence_transformers.models import Pooling

    length = max(map(len, CAPTIONS))
    ids = torch.tensor([ids + [0] * (length - len(ids)) for ids in CAPTIONS])
    mask = torch.tensor([[1] * len(ids) + [0] * (length - len(ids)) for ids in CAPTIONS])
    with torch.no_grad():
        rows = model(input_ids=ids, attention_mask=mask).last_hidden_state
        found = {mode: Pooling(rows.shape[-1], pooling_mode=mode)({"token_embeddings": rows, "attention_mask": mask})
                 for mode in ("cls", "mean", "weightedmean", "lasttoken")}
    save_file({mode: value["sentence_embedding"].contiguous() for mode, value in found.items()},
              folder / "poolings.safetensors")


def renamed(folder, name, pairs):
    """The same tower under other names."""
    shutil.copytree(folder, TARGET / name)
    tensors = load_file(folder / "model.safetensors")
    for old, new in pairs:
        tensors = {re.sub(old, new, key): value for key, value in tensors.items()}
    save_file(tensors, TARGET / name / "model.safetensors", {"format": "pt"})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    shutil.rmtree(TARGET, ignore_errors=True)
    last = lambda model, found: found.last_hidden_state  # noqa: E731

    dino = {**WIDTH, "mlp_ratio": 2, "image_size": 56, "patch_size": 14}
    folder = vision("dinov2", transformers.Dinov2Model(transformers.Dinov2Config(**dino)), 56, last, 1, other=42)
    isOld = any("attention.attention" in key for key in load_file(folder / "model.safetensors"))
    renamed(folder, "dinov2-other-names", NEW_ATTENTION if isOld else OLD_ATTENTION)
    registers = transformers.Dinov2WithRegistersConfig(**dino, num_register_tokens=2)
    vision("dinov2-registers", transformers.Dinov2WithRegistersModel(registers), 56, last, 3)

    vit = transformers.ViTConfig(**SIZES, image_size=32, patch_size=8)
    vision("vit", transformers.ViTModel(vit), 32, last, 1, max_shard_size="20KB")
    clip = transformers.CLIPConfig(vision_config={**SIZES, "image_size": 32, "patch_size": 8},
                                   text_config={**SIZES, **TOKENS, "eos_token_id": 2}, projection_dim=12)
    vision("clip-vision", transformers.CLIPVisionModel(clip.vision_config), 32,
           lambda model, found: model.post_layernorm(found.last_hidden_state), 1)
    text("clip-text", transformers.CLIPTextModel(clip.text_config), lambda found: found.last_hidden_state[:, -1])

    siglip = transformers.SiglipConfig(vision_config={**SIZES, "image_size": 32, "patch_size": 8},
                                       text_config={**SIZES, **TOKENS, "projection_size": 24})
    vision("siglip-vision", transformers.SiglipVisionModel(siglip.vision_config), 32, last, 0)
    text("siglip-text", transformers.SiglipTextModel(siglip.text_config), lambda found: found.pooler_output, 9)

    bert = transformers.BertConfig(**SIZES, **TOKENS)
    folder = text("bert", transformers.BertModel(bert), lambda found: found.last_hidden_state.mean(1))
    renamed(folder, "bert-gamma-beta", [(r"LayerNorm\.weight", "LayerNorm.gamma"), (r"LayerNorm\.bias", "LayerNorm.beta"),
                                        ("^", "bert.")])

    megatron = transformers.MegatronBertModel(transformers.MegatronBertConfig(**SIZES, **TOKENS))
    poolings(text("megatron-bert", megatron, lambda found: found.last_hidden_state.mean(1)), megatron)


if __name__ == "__main__":
    main()
