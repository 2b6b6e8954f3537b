// A thin layer over libraries that decode pictures, and the loops that resize them. libpng and libjpeg-turbo report
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

// The loops below are compiled for several levels of instructions: 0 any processor, 1 AVX2, 2 AVX-512 with VNNI. From now on
// no level above this one is used; the bytes are the same.
void clip_limit_level(int level);

// Which inputs make each output along one axis: `counts[i]` from `starts[i]` on, with the weights at `i * taps`, whole
// numbers of 2⁻²². Sums of products are rounded, shifted and clamped to a byte.
struct clip_weights {
    size_t outputs, taps;
    const int32_t *starts, *counts, *weights;
};

// Bytes of scratch that the next function needs for a table that reads `inputs` pixels of a row.
size_t clip_resample_scratch(const struct clip_weights *table, size_t inputs);

// Each of `rows` rows of RGB, `stride` bytes apart, becomes a row of `outputs` pixels of `target`. The table reads pixels
// `first` to `end` of a row, and no others.
void clip_resample_along_rows(const struct clip_weights *table, const uint8_t *pixels, size_t stride, size_t rows,
                              size_t first, size_t end, uint8_t *target, uint8_t *scratch);

// Rows of `length` bytes, `stride` bytes apart, become `outputs` rows of `length` bytes.
void clip_resample_along_columns(const struct clip_weights *table, const uint8_t *pixels, size_t stride, size_t length,
                                 uint8_t *target);

// Colours' distances from `from` times `factor`, in place: [count, 3].
void clip_blend(uint8_t *pixels, size_t count, int32_t from, float factor);

// Colours' distances from their brightness times `factor`, in place: [count, 3].
void clip_saturate(uint8_t *pixels, size_t count, float factor);

// Writes `side` × `side` pixels from `pixels` on, whose rows lie `stride` bytes apart, as numbers `(colour / 255 − mean) / std`
// of their channel: [3, side, side].
void clip_normalize_patch(const uint8_t *pixels, size_t stride, size_t side, const float mean[3], const float std[3],
                          float *row);

// The brightness of each pixel, [count], as ITU-R BT.601 weighs colours.
void clip_luma(const uint8_t *pixels, size_t count, uint8_t *luma);

// Hues turned by `step` of 256, in place: [count, 3].
void clip_turn_hue(uint8_t *pixels, size_t count, int32_t step);

#endif
