// A thin layer over libraries that decode pictures. libpng and libjpeg-turbo report
// trouble with longjmp; here it never leaves the C function that was called, so that no Swift frame is ever jumped over.
// A function that can fail returns whether it succeeded; if it did not, `message` holds the reason in one line.
#ifndef C_IMAGE_CODECS_H
#define C_IMAGE_CODECS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { clip_message_size = 256 };

// Decodes a PNG into `pixels`: [height, width, 3], 8 bit, RGB. Alpha is composited on white, 16 bit are rounded to 8,
// gamma and colour profiles are ignored. `height` and `width` must be those of the file's header.
bool clip_png_decode(const uint8_t *bytes, size_t count, uint32_t height, uint32_t width, uint8_t *pixels,
                     char message[clip_message_size]);

// Inflates a zlib stream of `count` bytes into exactly `size` bytes; gives whether that is all it holds and its checksum is
// right. Without libdeflate, which `clip_deflate_is_built` tells, nothing is inflated. (The library takes what is left out
// of its lists of codes where zlib does not; no writer makes such a stream.)
bool clip_deflate_is_built(void);
bool clip_inflate(const uint8_t *stream, size_t count, uint8_t *target, size_t size);
// Whether the CRC-32 of the bytes is `checksum`; no is the answer where libdeflate was not there.
bool clip_has_checksum(const uint8_t *bytes, size_t count, uint32_t checksum);

// Encodes [height, width, 3] RGB as PNG. On success `*encoded` is to be freed with clip_free.
bool clip_png_encode(const uint8_t *pixels, uint32_t height, uint32_t width, uint8_t **encoded, size_t *encoded_count,
                     char message[clip_message_size]);

// A part of a picture, in pixels of what is decoded.
struct clip_region {
    uint32_t top, left, height, width;
};

// Decodes the `region` of a JPEG into `pixels`: [region.height, region.width, 3], 8 bit, RGB: the same bytes that lie there
// when all of it is decoded, which has ⌈height·eighths/8⌉ rows of ⌈width·eighths/8⌉ pixels. `height` and `width` must be
// those of the file's header; `eighths` is 1, 2, 4 or 8. CMYK is read as Adobe writes it: inverted.
bool clip_jpeg_decode(const uint8_t *bytes, size_t count, uint32_t height, uint32_t width, uint32_t eighths,
                      struct clip_region region, uint8_t *pixels, char message[clip_message_size]);

void clip_free(uint8_t *encoded);

// Decodes the first frame of a WebP or GIF into `pixels`: [height, width, 3], 8 bit, RGB, on white; colour profiles are
// ignored. `height` and `width` must be those of the file's header. Where the library was not there when this was built, the
// functions with `is_built` say so, and the others fail.
bool clip_webp_is_built(void);
bool clip_webp_decode(const uint8_t *bytes, size_t count, uint32_t height, uint32_t width, uint8_t *pixels,
                      char message[clip_message_size]);
bool clip_gif_is_built(void);
bool clip_gif_decode(const uint8_t *bytes, size_t count, uint32_t height, uint32_t width, uint8_t *pixels,
                     char message[clip_message_size]);

#endif
