// Laying pictures with alpha on white; for the codecs of this folder alone.
#ifndef COMPOSITING_H
#define COMPOSITING_H

#include <stdint.h>

static inline uint8_t on_white(unsigned colour, unsigned alpha) {
    unsigned sum = colour * alpha + 255 * (255 - alpha) + 128;
    return (uint8_t)((sum + (sum >> 8)) >> 8);
}

static inline void composite_row(const uint8_t *rgba, uint8_t *rgb, uint32_t width) {
    for (uint32_t x = 0; x < width; x++, rgba += 4, rgb += 3) {
        for (int c = 0; c < 3; c++) rgb[c] = on_white(rgba[c], rgba[3]);
    }
}

#endif
