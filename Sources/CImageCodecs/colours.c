#include "CImageCodecs.h"

#include "lanes.h"

// Sixteen pixels, channel by channel.
struct colours {
    bytes16 red, green, blue;
};

INLINE void load_pixels(const uint8_t *from, struct colours *pixels) {
    bytes16 a = load(from), b = load(from + lanes), c = load(from + 2 * lanes);
    bytes16 red = __builtin_shufflevector(a, b, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, -1, -1, -1, -1, -1);
    bytes16 green = __builtin_shufflevector(a, b, 1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, -1, -1, -1, -1, -1);
    bytes16 blue = __builtin_shufflevector(a, b, 2, 5, 8, 11, 14, 17, 20, 23, 26, 29, -1, -1, -1, -1, -1, -1);
    pixels->red = __builtin_shufflevector(red, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29);
    pixels->green = __builtin_shufflevector(green, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30);
    pixels->blue = __builtin_shufflevector(blue, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31);
}

INLINE void store_pixels(const struct colours *pixels, uint8_t *to) {
    bytes16 r = pixels->red, g = pixels->green, b = pixels->blue;
    bytes16 first = __builtin_shufflevector(r, g, 0, 16, -1, 1, 17, -1, 2, 18, -1, 3, 19, -1, 4, 20, -1, 5);
    bytes16 second = __builtin_shufflevector(r, g, 21, -1, 6, 22, -1, 7, 23, -1, 8, 24, -1, 9, 25, -1, 10, 26);
    bytes16 third = __builtin_shufflevector(r, g, -1, 11, 27, -1, 12, 28, -1, 13, 29, -1, 14, 30, -1, 15, 31, -1);
    store(__builtin_shufflevector(first, b, 0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15), to);
    store(__builtin_shufflevector(second, b, 0, 21, 2, 3, 22, 5, 6, 23, 8, 9, 24, 11, 12, 25, 14, 15), to + lanes);
    store(__builtin_shufflevector(third, b, 26, 1, 2, 27, 4, 5, 28, 7, 8, 29, 10, 11, 30, 13, 14, 31), to + 2 * lanes);
}

INLINE void widen(bytes16 bytes, ints16 *numbers) { *numbers = __builtin_convertvector(bytes, ints16); }

INLINE void find_luma(const struct colours *pixels, ints16 *luma) {
    ints16 red, green, blue;
    widen(pixels->red, &red), widen(pixels->green, &green), widen(pixels->blue, &blue);
    *luma = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
}

// `from + factor · (to − from)`, cut to a whole number in 0…255.
INLINE bytes16 mixed(const ints16 *from, bytes16 to, float factor) {
    ints16 target;
    widen(to, &target);
    floats16 mixed = __builtin_convertvector(target - *from, floats16) * (floats16)(factor);
    mixed = __builtin_convertvector(*from, floats16) + mixed;
    mixed = __builtin_elementwise_min(__builtin_elementwise_max(mixed, (floats16)(0)), (floats16)(255));
    return __builtin_convertvector(__builtin_convertvector(mixed, ints16), bytes16);
}

INLINE void blend_bytes(uint8_t *bytes, size_t count, int32_t from, float factor) {
    ints16 start = (ints16)(from);
    size_t at = 0;
    for (; at + lanes <= count; at += lanes) store(mixed(&start, load(bytes + at), factor), bytes + at);
    if (at < count) {
        uint8_t rest[lanes] = {0};
        memcpy(rest, bytes + at, count - at);
        store(mixed(&start, load(rest), factor), rest);
        memcpy(bytes + at, rest, count - at);
    }
}

INLINE void saturate_pixels(struct colours *pixels, float factor) {
    ints16 luma;
    find_luma(pixels, &luma);
    pixels->red = mixed(&luma, pixels->red, factor);
    pixels->green = mixed(&luma, pixels->green, factor);
    pixels->blue = mixed(&luma, pixels->blue, factor);
}

// Hue and saturation, 0…255 each, and the largest colour, with each rounding of Pillow's `rgb2hsv_row`.
//
// Pillow divides the distance of each colour from the largest by the spread. That of the largest is 0 and that of the
// least is 1, so one division is enough. The product with a sixth gives its bytes for every colour: a test tries them all.
INLINE void find_hue(const struct colours *pixels, ints16 *hue, ints16 *saturation, ints16 *value) {
    ints16 red, green, blue;
    widen(pixels->red, &red), widen(pixels->green, &green), widen(pixels->blue, &blue);
    ints16 most = __builtin_elementwise_max(red, __builtin_elementwise_max(green, blue));
    ints16 least = __builtin_elementwise_min(red, __builtin_elementwise_min(green, blue));
    ints16 spread = most - least, middle = red + green + blue - most - least;
    floats16 between = __builtin_convertvector(most - middle, floats16) /
                       __builtin_convertvector(__builtin_elementwise_max(spread, (ints16)(1)), floats16);
    ints16 is_red = red == most, is_green = ~is_red & (green == most), is_blue = ~(is_red | is_green);
    ints16 one = (blue & is_red) | (red & is_green) | (green & is_blue), one_is_least = one == least;
    ints16 start = ((ints16)(2) & is_green) | ((ints16)(4) & is_blue);
    // start + one − other, of which one or other is 1: the other is what lies between.
    ints16 whole = start + (one_is_least & 1) - (~one_is_least & 1);
    ints16 sign = one_is_least & (ints16)(INT32_MIN);
    doubles16 part = __builtin_convertvector((floats16)((ints16)between ^ sign), doubles16);
    doubles16 sixths = __builtin_convertvector(whole, doubles16) + part;
    doubles16 turns = __builtin_convertvector(__builtin_convertvector(sixths, floats16), doubles16) * (1.0 / 6) + 1;
    turns -= __builtin_elementwise_trunc(turns);
    turns = __builtin_convertvector(__builtin_convertvector(turns, floats16), doubles16);
    *hue = __builtin_convertvector(turns * 255, ints16);
    floats16 share = __builtin_convertvector(spread, floats16) /
                     __builtin_convertvector(__builtin_elementwise_max(most, (ints16)(1)), floats16);
    *saturation = __builtin_convertvector(__builtin_convertvector(share, doubles16) * 255, ints16);
    *value = most;
}

INLINE void round_half_up(const doubles16 *numbers, ints16 *whole) {
    *whole = __builtin_convertvector(*numbers + 0.5, ints16);
}

// The way back, with each rounding of Pillow's `hsv2rgb`.
INLINE void find_colours(const ints16 *hue, const ints16 *saturation, const ints16 *value, struct colours *pixels) {
    // Pillow divides in doubles and rounds to floats, which for these quotients is what a division of floats gives.
    ints16 turned = *hue * 6, sector = (turned * 257 + 257) >> 16, p, q, t, v = *value;  // sector: turned / 255
    floats16 inside = __builtin_convertvector(turned - sector * 255, floats16) / 255.0f;
    floats16 share = __builtin_convertvector(*saturation, floats16) / 255.0f;
    doubles16 f = __builtin_convertvector(inside, doubles16), s = __builtin_convertvector(share, doubles16);
    doubles16 full = __builtin_convertvector(v, doubles16);
    doubles16 least = full * (1 - s), falling = full * (1 - s * f), rising = full * (1 - s * (1 - f));
    round_half_up(&least, &p), round_half_up(&falling, &q), round_half_up(&rising, &t);
    ints16 is0 = (sector == 0) | (sector == 6), is1 = sector == 1, is2 = sector == 2, is3 = sector == 3,
           is4 = sector == 4, is5 = sector == 5, is_grey = *saturation == 0;
    ints16 red = (v & (is0 | is5)) | (q & is1) | (p & (is2 | is3)) | (t & is4);
    ints16 green = (t & is0) | (v & (is1 | is2)) | (q & is3) | (p & (is4 | is5));
    ints16 blue = (p & (is0 | is1)) | (t & is2) | (v & (is3 | is4)) | (q & is5);
    pixels->red = __builtin_convertvector((red & ~is_grey) | (v & is_grey), bytes16);
    pixels->green = __builtin_convertvector((green & ~is_grey) | (v & is_grey), bytes16);
    pixels->blue = __builtin_convertvector((blue & ~is_grey) | (v & is_grey), bytes16);
}

INLINE void turn_pixels(struct colours *pixels, int32_t step) {
    ints16 hue, saturation, value;
    find_hue(pixels, &hue, &saturation, &value);
    hue = (hue + step) & 255;
    find_colours(&hue, &saturation, &value, pixels);
}

// Sixteen pixels after the other; what is left over is done in a copy.
#define FOR_ALL_PIXELS(pixels, count, change)                                 \
    do {                                                                      \
        struct colours sixteen;                                               \
        size_t at = 0;                                                        \
        for (; at + lanes <= count; at += lanes) {                            \
            load_pixels(pixels + 3 * at, &sixteen);                           \
            change;                                                           \
            store_pixels(&sixteen, pixels + 3 * at);                          \
        }                                                                     \
        if (at < count) {                                                     \
            uint8_t rest[3 * lanes] = {0};                                    \
            memcpy(rest, pixels + 3 * at, 3 * (count - at));                  \
            load_pixels(rest, &sixteen);                                      \
            change;                                                           \
            store_pixels(&sixteen, rest);                                     \
            memcpy(pixels + 3 * at, rest, 3 * (count - at));                  \
        }                                                                     \
    } while (0)

INLINE void normalize_channel(bytes16 channel, float mean, float std, size_t count, float *to) {
    floats16 numbers = (__builtin_convertvector(channel, floats16) / 255.0f - mean) / std;
    memcpy(to, &numbers, count * sizeof(float));
}

INLINE void normalize_sixteen(const uint8_t *pixels, size_t count, const float mean[3], const float std[3], size_t area,
                              float *to) {
    struct colours sixteen;
    load_pixels(pixels, &sixteen);
    normalize_channel(sixteen.red, mean[0], std[0], count, to);
    normalize_channel(sixteen.green, mean[1], std[1], count, to + area);
    normalize_channel(sixteen.blue, mean[2], std[2], count, to + 2 * area);
}

INLINE void normalize_pixels(const uint8_t *pixels, size_t stride, size_t side, const float mean[3], const float std[3],
                             float *row) {
    size_t area = side * side;
    for (size_t y = 0; y < side; y++, pixels += stride, row += side) {
        size_t at = 0;
        for (; at + lanes <= side; at += lanes) normalize_sixteen(pixels + 3 * at, lanes, mean, std, area, row + at);
        if (at < side) {
            uint8_t rest[3 * lanes] = {0};
            memcpy(rest, pixels + 3 * at, 3 * (side - at));
            normalize_sixteen(rest, side - at, mean, std, area, row + at);
        }
    }
}

#define NORMALIZE(name, attribute)                                                                            \
    attribute static void name(const uint8_t *pixels, size_t stride, size_t side, const float mean[3],        \
                               const float std[3], float *row) {                                              \
        normalize_pixels(pixels, stride, side, mean, std, row);                                               \
    }
AT_EACH_LEVEL(NORMALIZE, normalize)

void clip_normalize_patch(const uint8_t *pixels, size_t stride, size_t side, const float mean[3], const float std[3],
                          float *row) {
    CALL_BEST(normalize, (pixels, stride, side, mean, std, row));
}

INLINE void all_luma(const uint8_t *pixels, size_t count, uint8_t *luma) {
    struct colours sixteen;
    ints16 found;
    size_t at = 0;
    for (; at + lanes <= count; at += lanes) {
        load_pixels(pixels + 3 * at, &sixteen);
        find_luma(&sixteen, &found);
        store(__builtin_convertvector(found, bytes16), luma + at);
    }
    for (; at < count; at++) {
        const uint8_t *pixel = pixels + 3 * at;
        luma[at] = (uint8_t)((pixel[0] * 19595 + pixel[1] * 38470 + pixel[2] * 7471 + 0x8000) >> 16);
    }
}

#define LUMA(name, attribute)                                                           \
    attribute static void name(const uint8_t *pixels, size_t count, uint8_t *luma) { \
        all_luma(pixels, count, luma);                                                  \
    }
#define BLEND(name, attribute)                                                               \
    attribute static void name(uint8_t *bytes, size_t count, int32_t from, float factor) { \
        blend_bytes(bytes, count, from, factor);                                             \
    }
#define SATURATE(name, attribute)                                          \
    attribute static void name(uint8_t *pixels, size_t count, float factor) { \
        FOR_ALL_PIXELS(pixels, count, saturate_pixels(&sixteen, factor));  \
    }
#define TURN(name, attribute)                                               \
    attribute static void name(uint8_t *pixels, size_t count, int32_t step) { \
        FOR_ALL_PIXELS(pixels, count, turn_pixels(&sixteen, step));         \
    }

AT_EACH_LEVEL(LUMA, luma)
AT_EACH_LEVEL(BLEND, blend)
AT_EACH_LEVEL(SATURATE, saturate)
AT_EACH_LEVEL(TURN, turn)

void clip_luma(const uint8_t *pixels, size_t count, uint8_t *luma) { CALL_BEST(luma, (pixels, count, luma)); }

void clip_blend(uint8_t *pixels, size_t count, int32_t from, float factor) {
    CALL_BEST(blend, (pixels, 3 * count, from, factor));
}

void clip_saturate(uint8_t *pixels, size_t count, float factor) { CALL_BEST(saturate, (pixels, count, factor)); }

void clip_turn_hue(uint8_t *pixels, size_t count, int32_t step) { CALL_BEST(turn, (pixels, count, step)); }
