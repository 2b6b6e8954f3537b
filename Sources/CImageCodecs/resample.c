#include "CImageCodecs.h"

#include <string.h>

#include "lanes.h"

#if defined(__x86_64__)
atomic_int clip_level_limit = 2;
void clip_limit_level(int level) { atomic_store_explicit(&clip_level_limit, level, memory_order_relaxed); }
#else
void clip_limit_level(int level) { (void)level; }
#endif

enum { precision = 22 };  // fractional bits of a weight, as Pillow's: 32, less 8 for a byte, less 2

INLINE void begin(ints16 *sum) { *sum = (ints16)(1 << (precision - 1)); }  // one half, so that what is cut off rounds

INLINE void add_product(ints16 *sum, const uint8_t *bytes, int32_t weight) {
    *sum += __builtin_convertvector(load(bytes), ints16) * (ints16)(weight);
}

INLINE void store_clamped(const ints16 *sum, uint8_t *to) {
    ints16 whole = *sum >> precision;
    whole &= ~(whole >> 31);                 // below 0: no bit
    whole |= ((ints16)(255) - whole) >> 31;  // above 255: all bits
    store(__builtin_convertvector(whole, bytes16), to);
}

// Rows and columns of 16 × 16 bytes change places: four times the rows of both halves are interleaved.
INLINE void transpose(bytes16 rows[lanes]) {
#pragma clang loop unroll(full)
    for (int round = 0; round < 4; round++) {
        bytes16 next[lanes];
#pragma clang loop unroll(full)
        for (int i = 0; i < lanes / 2; i++) {
            bytes16 a = rows[i], b = rows[i + lanes / 2];
            next[2 * i] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            next[2 * i + 1] =
                __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < lanes; i++) rows[i] = next[i];
    }
}

// Where the last block of 16 begins: it overlaps the one before it, unless there is none.
INLINE size_t block_start(size_t at, size_t count) { return at + lanes <= count || count < lanes ? at : count - lanes; }

// `count` bytes of 16 rows become `count` columns of 16 bytes.
INLINE void rows_to_columns(const uint8_t *const rows[lanes], size_t count, uint8_t *columns) {
    for (size_t next = 0; next < count; next += lanes) {
        size_t at = block_start(next, count);
        bytes16 block[lanes];
        if (count >= lanes) {
#pragma clang loop unroll(full)
            for (size_t i = 0; i < lanes; i++) block[i] = load(rows[i] + at);
        } else {
            uint8_t bytes[lanes] = {0};
            for (size_t i = 0; i < lanes; i++) {
                memcpy(bytes, rows[i], count);
                block[i] = load(bytes);
            }
        }
        transpose(block);
#pragma clang loop unroll(full)
        for (size_t i = 0; i < lanes; i++) store(block[i], columns + (at + i) * lanes);
    }
}

// Columns of pixels 2i and 2i + 1 become numbers of 32 bits, the first in the lower half: [pairs, 3, 16]. What stands
// behind the last pixel of an odd count has a weight of 0.
INLINE void pair_columns(const uint8_t *columns, size_t pixels, ints16 *pairs) {
    for (size_t i = 0; i < (pixels + 1) / 2; i++) {
        const uint8_t *first = columns + 6 * i * lanes, *second = 2 * i + 1 < pixels ? first + 3 * lanes : first;
        for (size_t c = 0; c < 3; c++) {
            pairs[3 * i + c] = __builtin_convertvector(load(first + c * lanes), ints16) |
                               (__builtin_convertvector(load(second + c * lanes), ints16) << 16);
        }
    }
}

// A weight of 2⁻²² as two numbers of 16 bits, `high · 2¹¹ + low`; those of two pixels lie in one number of 32 bits.
struct paired_weights {
    int32_t high, low;
};

INLINE struct paired_weights paired(int32_t first, int32_t second) {
    return (struct paired_weights){
        .high = (int32_t)((uint32_t)((first >> 11) & 0xFFFF) | (uint32_t)(second >> 11) << 16),
        .low = (int32_t)((uint32_t)(first & 2047) | (uint32_t)(second & 2047) << 16),
    };
}

// The weights of each output for the pairs that it reads: [outputs, room], from the pair of its first pixel on.
static void pair_weights(const struct clip_weights *table, size_t first, size_t room, struct paired_weights *weights) {
    for (size_t x = 0; x < table->outputs; x++, weights += room) {
        const int32_t *row = table->weights + x * table->taps;
        int32_t count = table->counts[x], before = ((size_t)table->starts[x] - first) % 2;
        for (int32_t i = 0; i < (before + count + 1) / 2; i++) {
            int32_t at = 2 * i - before;
            weights[i] = paired(at >= 0 ? row[at] : 0, at + 1 < count ? row[at + 1] : 0);
        }
    }
}

// The way back, for up to 16 rows.
INLINE void columns_to_rows(const uint8_t *columns, size_t count, uint8_t *rows, size_t stride, size_t row_count) {
    for (size_t next = 0; next < count; next += lanes) {
        size_t at = block_start(next, count);
        bytes16 block[lanes];
#pragma clang loop unroll(full)
        for (size_t i = 0; i < lanes; i++) block[i] = load(columns + (at + i) * lanes);
        transpose(block);
        if (count >= lanes && row_count == lanes) {
#pragma clang loop unroll(full)
            for (size_t i = 0; i < lanes; i++) store(block[i], rows + i * stride + at);
        } else {
            for (size_t i = 0; i < row_count; i++) memcpy(rows + i * stride + at, &block[i], count < lanes ? count : lanes);
        }
    }
}

static size_t pair_room(const struct clip_weights *table) { return table->taps / 2 + 1; }

// Room for pairs, their weights and columns, and to begin at whole vectors.
size_t clip_resample_scratch(const struct clip_weights *table, size_t inputs) {
    return 3 * ((inputs + 1) / 2) * sizeof(ints16) + table->outputs * pair_room(table) * sizeof(struct paired_weights) +
           (3 * inputs + lanes) * lanes + 2 * sizeof(ints16);
}

// What the sums of one channel of 16 rows are: `high · 2¹¹ + low`.
struct sums {
    ints16 high, low;
};

INLINE void store_sums(const struct sums *sums, uint8_t *to) {
    ints16 sum = (sums->high << 11) + sums->low;
    store_clamped(&sum, to);
}

#define ADD_PAIR_ANYWHERE(sums, pair, weights)                                                    \
    (sums).low += (*(pair) & 0xFFFF) * ((int16_t)(weights).high * 2048 + ((weights).low & 0xFFFF)) + \
                  (*(pair) >> 16) * (((weights).high >> 16) * 2048 + ((weights).low >> 16))

#if defined(__x86_64__)
#include <immintrin.h>

#define ADD_PAIR_AVX2(sums, pair, weights)                                                                             \
    do {                                                                                                               \
        __m256i high = _mm256_set1_epi32((weights).high), low = _mm256_set1_epi32((weights).low);                      \
        const __m256i *half = (const __m256i *)(pair);                                                                 \
        __m256i *highs = (__m256i *)&(sums).high, *lows = (__m256i *)&(sums).low;                                      \
        for (int i = 0; i < 2; i++) {                                                                                  \
            highs[i] = _mm256_add_epi32(highs[i], _mm256_madd_epi16(half[i], high));                                   \
            lows[i] = _mm256_add_epi32(lows[i], _mm256_madd_epi16(half[i], low));                                      \
        }                                                                                                              \
    } while (0)

#define ADD_PAIR_AVX512(sums, pair, weights)                                                                           \
    do {                                                                                                               \
        (sums).high = (ints16)_mm512_dpwssd_epi32(                                                                     \
            (__m512i)(sums).high, (__m512i)*(pair), _mm512_set1_epi32((weights).high));                                \
        (sums).low = (ints16)_mm512_dpwssd_epi32(                                                                      \
            (__m512i)(sums).low, (__m512i)*(pair), _mm512_set1_epi32((weights).low));                                  \
    } while (0)
#endif

#define ROWS(name, attribute, ADD_PAIR)                                                                                \
    attribute static void name(const struct clip_weights *table, const uint8_t *pixels, size_t stride, size_t rows,    \
                               size_t first, size_t end, uint8_t *target, uint8_t *scratch) {                          \
        size_t made = 3 * table->outputs, room = pair_room(table);                                                     \
        ints16 *pairs = (ints16 *)(((uintptr_t)scratch + sizeof(ints16) - 1) / sizeof(ints16) * sizeof(ints16));       \
        struct paired_weights *weights = (struct paired_weights *)(pairs + 3 * ((end - first + 1) / 2));               \
        uint8_t *columns = (uint8_t *)(weights + table->outputs * room), results[3 * lanes * lanes];                   \
        pair_weights(table, first, room, weights);                                                                     \
        for (size_t y = 0; y < rows; y += lanes) {                                                                     \
            size_t part = rows - y < lanes ? rows - y : lanes;                                                         \
            const uint8_t *from[lanes]; /* rows that are missing repeat the last one */                                \
            for (size_t i = 0; i < lanes; i++)                                                                         \
                from[i] = pixels + (y + (i < part ? i : part - 1)) * stride + 3 * first;                               \
            rows_to_columns(from, 3 * (end - first), columns);                                                         \
            pair_columns(columns, end - first, pairs);                                                                 \
            for (size_t x = 0; x < table->outputs; x += lanes) {                                                       \
                size_t count = table->outputs - x < lanes ? table->outputs - x : lanes;                                \
                for (size_t i = 0; i < count; i++) {                                                                   \
                    size_t start = (size_t)table->starts[x + i] - first;                                               \
                    const struct paired_weights *weight = weights + (x + i) * room;                                    \
                    const ints16 *pair = pairs + 3 * (start / 2);                                                      \
                    size_t pair_count = (start % 2 + (size_t)table->counts[x + i] + 1) / 2;                            \
                    struct sums red = {0}, green = {0}, blue = {0};                                                    \
                    begin(&red.low), begin(&green.low), begin(&blue.low);                                              \
                    for (size_t k = 0; k < pair_count; k++, weight++, pair += 3) {                                     \
                        ADD_PAIR(red, pair, *weight);                                                                  \
                        ADD_PAIR(green, pair + 1, *weight);                                                            \
                        ADD_PAIR(blue, pair + 2, *weight);                                                             \
                    }                                                                                                  \
                    uint8_t *result = results + 3 * i * lanes;                                                         \
                    store_sums(&red, result);                                                                          \
                    store_sums(&green, result + lanes);                                                                \
                    store_sums(&blue, result + 2 * lanes);                                                             \
                }                                                                                                      \
                columns_to_rows(results, 3 * count, target + y * made + 3 * x, made, part);                            \
            }                                                                                                          \
        }                                                                                                              \
    }

// One output row's bytes from `at` on: `vectors` times 16 of them.
INLINE void mix_rows(const uint8_t *from, size_t stride, const int32_t *weights, int32_t count, int vectors, uint8_t *to) {
    ints16 sums[4];
    for (int i = 0; i < vectors; i++) begin(&sums[i]);
    for (int32_t k = 0; k < count; k++, from += stride) {
        for (int i = 0; i < vectors; i++) add_product(&sums[i], from + i * lanes, weights[k]);
    }
    for (int i = 0; i < vectors; i++) store_clamped(&sums[i], to + i * lanes);
}

INLINE uint8_t mix_column(const uint8_t *from, size_t stride, const int32_t *weights, int32_t count) {
    int32_t sum = 1 << (precision - 1);
    for (int32_t k = 0; k < count; k++, from += stride) sum += *from * weights[k];
    sum >>= precision;
    return (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
}

INLINE void along_columns(const struct clip_weights *table, const uint8_t *pixels, size_t stride, size_t length,
                          uint8_t *target) {
    for (size_t y = 0; y < table->outputs; y++) {
        const int32_t *weights = table->weights + y * table->taps;
        int32_t count = table->counts[y];
        const uint8_t *from = pixels + (size_t)table->starts[y] * stride;
        uint8_t *to = target + y * length;
        size_t at = 0;
        for (; at + 4 * lanes <= length; at += 4 * lanes) mix_rows(from + at, stride, weights, count, 4, to + at);
        for (; at + lanes <= length; at += lanes) mix_rows(from + at, stride, weights, count, 1, to + at);
        for (; at < length; at++) to[at] = mix_column(from + at, stride, weights, count);
    }
}

#define COLUMNS(name, attribute)                                                                       \
    attribute static void name(const struct clip_weights *table, const uint8_t *pixels, size_t stride, \
                               size_t length, uint8_t *target) {                                       \
        along_columns(table, pixels, stride, length, target);                                          \
    }

ROWS(rows_anywhere, , ADD_PAIR_ANYWHERE)
#if defined(__x86_64__)
ROWS(rows_avx2, AT_AVX2, ADD_PAIR_AVX2)
ROWS(rows_avx512, AT_AVX512, ADD_PAIR_AVX512)
#endif
AT_EACH_LEVEL(COLUMNS, columns)

void clip_resample_along_rows(const struct clip_weights *table, const uint8_t *pixels, size_t stride, size_t rows,
                              size_t first, size_t end, uint8_t *target, uint8_t *scratch) {
    CALL_BEST(rows, (table, pixels, stride, rows, first, end, target, scratch));
}

void clip_resample_along_columns(const struct clip_weights *table, const uint8_t *pixels, size_t stride, size_t length,
                                 uint8_t *target) {
    CALL_BEST(columns, (table, pixels, stride, length, target));
}
