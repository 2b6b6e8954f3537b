"""Pictures a second of one peer at one part of the way from files to views.

    images_peers.py PEER PART FILE ...

Says "ready", then answers each number of seconds on a line of its input with one number. Run in an interpreter that has the
peer; two of them at once are two threads' work.
"""

import io
import sys
import time

SIDE = 224
MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


def short_side(image, side=SIDE):
    width, height = image.size
    return (side, side * height // width) if width < height else (side * width // height, side)


def decode(data):
    from PIL import Image

    return Image.open(io.BytesIO(data)).convert("RGB")


def pillow(part):
    from PIL import Image

    if part == "resize":
        return True, lambda image: image.resize(short_side(image), Image.BICUBIC)

    def evaluate(data):
        image = Image.open(io.BytesIO(data))
        image.draft("RGB", (2 * SIDE, 2 * SIDE))  # does nothing to a PNG
        image = image.convert("RGB")
        image = image.resize(short_side(image), Image.BICUBIC)
        left, top = (image.width - SIDE) // 2, (image.height - SIDE) // 2
        return image.crop((left, top, left + SIDE, top + SIDE)).tobytes()

    return False, evaluate


def pyvips(_):
    import pyvips

    pyvips.cache_set_max(0)

    def evaluate(data):
        image = pyvips.Image.thumbnail_buffer(data, SIDE, height=SIDE, crop="centre", no_rotate=True)
        return image.write_to_memory()

    return False, evaluate


def torchvision_steps(first, opened):
    """Random crops of what `opened` makes of a file's bytes, by torchvision's second transforms."""
    import torch
    from torchvision.transforms import v2

    torch.set_num_threads(1)
    transform = v2.Compose([
        *first, v2.RandomHorizontalFlip(), v2.ToDtype(torch.float32, scale=True), v2.Normalize(MEAN, STD)])
    return False, lambda data: transform(opened(data))


def torchvision(_):
    """Decoded by Pillow, all else on tensors."""
    from torchvision.transforms import v2

    return torchvision_steps([v2.PILToTensor(), v2.RandomResizedCrop(SIDE, antialias=True)], decode)


def torchvision_pil(_):
    """Decoded, cut out and resized by Pillow."""
    from torchvision.transforms import v2

    return torchvision_steps([v2.RandomResizedCrop(SIDE, antialias=True), v2.PILToTensor()], decode)


def torchvision_io(_):
    """Decoded by torchvision's own operators, where it has them."""
    import torch
    from torchvision import io
    from torchvision.transforms import v2

    def opened(data):
        return io.decode_image(torch.frombuffer(bytearray(data), dtype=torch.uint8), io.ImageReadMode.RGB)

    return torchvision_steps([v2.RandomResizedCrop(SIDE, antialias=True)], opened)


def lightly(_):
    import torch
    from lightly.transforms import SimCLRTransform

    torch.set_num_threads(1)
    return True, SimCLRTransform(input_size=SIDE, normalize=None)  # gives two views


def albumentations(_):
    import albumentations as a
    import cv2
    import numpy

    cv2.setNumThreads(0)
    transform = a.Compose([
        a.RandomResizedCrop(size=(SIDE, SIDE), scale=(0.08, 1), interpolation=cv2.INTER_LINEAR),
        a.HorizontalFlip(p=0.5),
        a.ColorJitter(brightness=0.8, contrast=0.8, saturation=0.8, hue=0.2, p=0.8),
        a.ToGray(p=0.2),
        a.GaussianBlur(blur_limit=(23, 23), sigma_limit=(0.1, 2), p=0.5)])

    def view(image):
        return transform(image=numpy.asarray(image))["image"]

    return True, view


PEERS = {
    "pillow": pillow, "pillow-simd": pillow, "pyvips": pyvips, "torchvision": torchvision,
    "torchvision-pil": torchvision_pil, "torchvision-io": torchvision_io, "lightly": lightly,
    "albumentations": albumentations,
}


def main():
    peer, part, paths = sys.argv[1], sys.argv[2], sys.argv[3:]
    wants_pixels, make = PEERS[peer](part)
    inputs = []
    for path in paths:
        with open(path, "rb") as file:
            data = file.read()
        inputs.append(decode(data) if wants_pixels else data)
    make(inputs[0])
    views = 2 if peer == "lightly" else 1
    print("ready", flush=True)
    for line in sys.stdin:
        seconds, count, began = float(line), 0, time.perf_counter()
        while time.perf_counter() - began < seconds:
            for item in inputs:
                make(item)
                count += views
        print(count / (time.perf_counter() - began), flush=True)


if __name__ == "__main__":
    main()
