// A thin layer over libpng and libjpeg-turbo. Both report trouble with longjmp; here it never leaves the C function
// that was called, so that no Swift frame is ever jumped over. Every function returns whether it succeeded; if it
// did not, `message` holds the reason in one line.
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

// Decodes a JPEG into `pixels`: [⌈height·eighths/8⌉, ⌈width·eighths/8⌉, 3], 8 bit, RGB. `height` and `width` must be
// those of the file's header; `eighths` is 1, 2, 4 or 8. CMYK is read as Adobe writes it: inverted.
bool clip_jpeg_decode(const uint8_t *bytes, size_t count, uint32_t height, uint32_t width, uint32_t eighths,
                      uint8_t *pixels, char message[clip_message_size]);

void clip_free(uint8_t *encoded);

#endif
