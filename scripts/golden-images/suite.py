"""Two hundred generated pictures and fifty real ones, and what Pillow and torchvision make of each.

A result is named by words that `GoldenSuiteTests` reads again. Where the mathematics is that of whole numbers, its bytes are
kept as a checksum; where floats are rounded, the middle of the picture is kept, and may be one level off.
"""

import base64
import io
import random
import zlib
from pathlib import Path

import numpy
import torch
from PIL import Image, ImageEnhance
from torchvision.transforms import InterpolationMode, functional
from torchvision.transforms.autoaugment import _apply_op
from torchvision.transforms.v2 import functional as tensors

MEAN, STD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
FILTERS = {"box": Image.BOX, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "lanczos": Image.LANCZOS}
ENHANCERS = {"brightness": ImageEnhance.Brightness, "contrast": ImageEnhance.Contrast, "saturation": ImageEnhance.Color}
PATCH_SIZES = [4, 8, 16]


# Generated pictures: whole numbers alone, so that Swift makes the same.

class Numbers:
    """A linear congruential generator of 32 bits, of which the upper ones are used."""

    def __init__(self, seed):
        self.state = (seed * 2654435761 + 12345) % 2**32

    def below(self, limit):
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return (self.state >> 16) % limit


def generated(number):
    """Noise, slopes, a chessboard, discs or rectangles; one in ten is a narrow strip."""
    numbers = Numbers(number)
    height, width = 16 + numbers.below(49), 16 + numbers.below(65)
    if number % 20 == 7:
        height = 1 + numbers.below(3)
    if number % 20 == 13:
        width = 1 + numbers.below(3)
    y, x = numpy.mgrid[0:height, 0:width]
    slopes = [(numbers.below(8), numbers.below(8), numbers.below(256)) for _ in range(3)]
    pixels = numpy.stack([(y * down + x * right + start) % 256 for down, right, start in slopes], -1)
    kind = number % 5
    if kind == 0:
        pixels = numpy.array([numbers.below(256) for _ in range(height * width * 3)]).reshape(height, width, 3)
    elif kind == 1:
        rows, columns = 1 + numbers.below(9), 1 + numbers.below(9)
        colours = numpy.array([[numbers.below(256) for _ in range(3)] for _ in range(2)])
        pixels = colours[(y // rows + x // columns) % 2]
    elif kind == 2:
        for _ in range(3):
            row, column, radius = numbers.below(height), numbers.below(width), 2 + numbers.below(20)
            colour = [numbers.below(256) for _ in range(3)]
            pixels[(y - row) ** 2 + (x - column) ** 2 < radius**2] = colour
    elif kind == 3:
        for _ in range(12):
            top, left, tall, wide = (numbers.below(height), numbers.below(width), 1 + numbers.below(20), 1 + numbers.below(20))
            pixels[top : top + tall, left : left + wide] = [numbers.below(256) for _ in range(3)]
    return pixels.astype(numpy.uint8)


# Results

def checksum(array):
    return format(zlib.crc32(numpy.ascontiguousarray(array).tobytes()), "08x")


def middle(array):
    """At most four rows of four pixels."""
    height, width = (min(4, side) for side in array.shape[:2])
    top, left = (array.shape[0] - height) // 2, (array.shape[1] - width) // 2
    return base64.b64encode(array[top : top + height, left : left + width].astype(numpy.uint8).tobytes()).decode()


def shorter(image, side):
    """What the sides become when the shorter one is met."""
    height, width = image.height, image.width
    return (side, side * width // height) if height < width else (side * height // width, side)


def middle_square(image, side, size, filter):
    height, width = size
    left, top = (width - side) // 2, (height - side) // 2
    return image.resize((width, height), FILTERS[filter]).crop((left, top, left + side, top + side))


def as_tensor(image):
    return torch.from_numpy(numpy.asarray(image).copy()).permute(2, 0, 1)


def as_array(tensor):
    return tensor.permute(1, 2, 0).numpy()


def patch_rows(image, side):
    """[patches, 3 · side²] of normalised floats."""
    floats = functional.normalize(functional.to_tensor(image), MEAN, STD)
    parts = floats.unfold(1, side, side).unfold(2, side, side)  # [3, down, right, side, side]
    return parts.permute(1, 2, 0, 3, 4).reshape(-1, 3 * side * side).numpy()


def jittered(image, name, factor):
    return functional.adjust_hue(image, factor) if name == "hue" else ENHANCERS[name](image).enhance(factor)


def whole(image, luck):
    """(words, array) of what is exact."""
    height, width = image.height, image.width

    def choose(*names):
        return luck.choice(names or list(FILTERS))

    def share(most, parts=32):
        """A number that floats of any length hold."""
        return luck.randint(0, most * parts) / parts

    for limit in (24, 90):
        filter, tall, wide = choose(), luck.randint(1, limit), luck.randint(1, limit)
        yield f"resize {filter} {tall} {wide}", image.resize((wide, tall), FILTERS[filter])

    filter, tall, wide = choose(), luck.randint(1, 40), luck.randint(1, 40)
    left, top = luck.randint(0, 4 * width - 4) / 4, luck.randint(0, 4 * height - 4) / 4
    right, bottom = left + luck.randint(4, 4 * width - int(4 * left)) / 4, top + luck.randint(4, 4 * height - int(4 * top)) / 4
    yield (f"part {filter} {tall} {wide} {top} {bottom} {left} {right}",
           image.resize((wide, tall), FILTERS[filter], box=(left, top, right, bottom)))

    filter, tall, wide = choose("bilinear", "bicubic"), luck.randint(1, 60), luck.randint(1, 60)
    yield (f"tensor {filter} {tall} {wide}",
           as_array(tensors.resize(as_tensor(image), [tall, wide], InterpolationMode(filter), antialias=True)))

    filter, side = choose("bilinear", "bicubic"), luck.randint(4, 24)
    first = side + luck.randint(0, 7)
    resized = tensors.resize(as_tensor(image), [first], InterpolationMode(filter), antialias=True)
    yield f"tensor-middle {filter} {side} {first}", as_array(tensors.center_crop(resized, [side, side]))

    filter, side = choose(), luck.randint(4, 24)
    first = side + luck.randint(0, 7)
    yield f"middle {filter} {side} {first}", middle_square(image, side, shorter(image, first), filter)

    filter, patch = choose(), luck.choice(PATCH_SIZES)
    square = middle_square(image, 2 * patch, shorter(image, 2 * patch), filter)
    yield f"patches {filter} {2 * patch} {patch}", patch_rows(square, patch)

    filter, side, mirrored = choose("bilinear", "bicubic"), luck.randint(4, 40), luck.randint(0, 1)
    tall, wide = luck.randint(1, height), luck.randint(1, width)
    top, left = luck.randint(0, height - tall), luck.randint(0, width - wide)
    cut = functional.resized_crop(image, top, left, tall, wide, [side, side], InterpolationMode(filter))
    yield (f"crop {filter} {side} {top} {left} {tall} {wide} {mirrored}", functional.hflip(cut) if mirrored else cut)

    steps = [("brightness", share(2)), ("contrast", share(2)), ("saturation", share(2)), ("hue", share(1) - 0.5)]
    luck.shuffle(steps)
    changed = image
    for name, factor in steps:
        changed = jittered(changed, name, factor)
    yield "jitter " + " ".join(f"{name} {factor}" for name, factor in steps), changed
    yield "grey", image.convert("L").convert("RGB")
    yield policy(image, luck)


OPERATIONS = {  # of RandAugment; ours: torchvision's
    "identity": "Identity", "shearX": "ShearX", "shearY": "ShearY", "translateX": "TranslateX", "translateY": "TranslateY",
    "rotate": "Rotate", "brightness": "Brightness", "color": "Color", "contrast": "Contrast", "sharpness": "Sharpness",
    "posterize": "Posterize", "solarize": "Solarize", "autoContrast": "AutoContrast", "equalize": "Equalize",
}


def policy(image, luck):
    """One of those operations."""
    name, filter, fill = luck.choice(sorted(OPERATIONS)), luck.choice(["nearest", "bilinear"]), luck.randint(0, 255)
    sign = luck.choice([-1, 1])
    magnitude = {
        "shearX": sign * luck.randint(0, 63) / 64, "shearY": sign * luck.randint(0, 63) / 64,
        "translateX": float(sign * luck.randint(0, 30)), "translateY": float(sign * luck.randint(0, 30)),
        "rotate": sign * luck.randint(0, 270) / 2, "posterize": float(luck.randint(2, 8)),
        "solarize": float(luck.randint(0, 255)), "identity": 0.0, "autoContrast": 0.0, "equalize": 0.0,
    }.get(name, sign * luck.randint(0, 31) / 32)
    done = _apply_op(image, OPERATIONS[name], magnitude, InterpolationMode(filter), [fill] * 3)
    return f"policy {name} {magnitude} {filter} {fill}", done


def near(image, luck):
    """(words, array) of what is rounded from floats."""
    most = min(image.height, image.width, 12)
    if most > 1:  # torchvision mirrors the edge, which needs a neighbour
        kernel, sigma = 2 * luck.randint(0, most - 1) + 1, luck.randint(1, 32) / 16
        yield f"blur {kernel} {sigma}", functional.gaussian_blur(image, kernel, sigma)
    filter, tall, wide = luck.choice(["bilinear", "bicubic"]), luck.randint(1, 60), luck.randint(1, 60)
    floats = tensors.resize(as_tensor(image).float() / 255, [tall, wide], InterpolationMode(filter), antialias=True)
    yield f"float {filter} {tall} {wide}", as_array((floats * 255).round().clamp(0, 255))


def on_white(image):
    """As `Picture(decoding:)` shows it: alpha composited on white, rounded to the nearest."""
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    rgba = numpy.asarray(image.convert("RGBA")).astype(float)
    colours, alpha = rgba[..., :3], rgba[..., 3:]
    return Image.fromarray(numpy.floor((colours * alpha + 255 * (255 - alpha)) / 255 + 0.5).astype(numpy.uint8))


def reduced(data, luck):
    """A JPEG decoded at a half, a quarter or an eighth: named by what becomes of its shorter side."""
    image = Image.open(io.BytesIO(data))
    side = luck.randint(8, min(image.size) // 2)
    image.draft("RGB", (side, side))
    return f"reduced {min(image.size)}", image.convert("RGB")


def entry(name, image, luck, more=()):
    same = [*more, *whole(image, luck)]
    return {
        "name": name, "height": image.height, "width": image.width, "pixels": checksum(image),
        "same": {words: checksum(array) for words, array in same},
        "near": {words: middle(numpy.asarray(array)) for words, array in near(image, luck)},
    }


def suite(real):
    """An entry for each picture; `real` is the folder of the real ones."""
    for number in range(200):
        yield entry(f"generated {number}", Image.fromarray(generated(number)), random.Random(number))
    for path in sorted([*real.glob("*.jpg"), *real.glob("*.png")]):
        data, luck = path.read_bytes(), random.Random(path.name)
        image = on_white(Image.open(io.BytesIO(data)))
        yield entry(f"real/{path.name}", image, luck, [reduced(data, luck)] if path.suffix == ".jpg" else ())
