/// Bytes, whole numbers and floats, sixteen lanes or more at once, as the loops over pixels use them. Each function is one
/// instruction, or the few that stand for it: what Swift's vectors do lane by lane, or cannot say.
#pragma once

#include <stdint.h>

#include "Vectors.h"

typedef uint8_t clip_bytes16 __attribute__((ext_vector_type(16)));
typedef uint8_t clip_bytes32 __attribute__((ext_vector_type(32)));
typedef uint16_t clip_shorts32 __attribute__((ext_vector_type(32)));
typedef uint16_t clip_shorts16 __attribute__((ext_vector_type(16)));
typedef int16_t clip_shorts8 __attribute__((ext_vector_type(8)));

#define CLIP_LANES static inline __attribute__((always_inline))

CLIP_LANES clip_bytes16 clip_load_bytes(const uint8_t *from) {
    clip_bytes16 bytes;
    __builtin_memcpy(&bytes, from, sizeof bytes);
    return bytes;
}

CLIP_LANES void clip_store_bytes(clip_bytes16 bytes, uint8_t *to) { __builtin_memcpy(to, &bytes, sizeof bytes); }
CLIP_LANES void clip_store_floats(clip_floats16 floats, float *to) { __builtin_memcpy(to, &floats, sizeof floats); }

CLIP_LANES clip_ints16 clip_widen(clip_bytes16 a) { return __builtin_convertvector(a, clip_ints16); }
CLIP_LANES clip_floats16 clip_to_floats(clip_ints16 a) { return __builtin_convertvector(a, clip_floats16); }
/// Whole numbers towards zero.
CLIP_LANES clip_ints16 clip_to_ints(clip_floats16 a) { return __builtin_convertvector(a, clip_ints16); }

CLIP_LANES clip_bytes16 clip_most(clip_bytes16 a, clip_bytes16 b) { return __builtin_elementwise_max(a, b); }
CLIP_LANES clip_bytes16 clip_least(clip_bytes16 a, clip_bytes16 b) { return __builtin_elementwise_min(a, b); }
CLIP_LANES clip_floats16 clip_most_floats(clip_floats16 a, clip_floats16 b) { return __builtin_elementwise_max(a, b); }
CLIP_LANES clip_floats16 clip_least_floats(clip_floats16 a, clip_floats16 b) { return __builtin_elementwise_min(a, b); }

/// All bits where both are the same, none elsewhere.
CLIP_LANES clip_ints16 clip_same(clip_ints16 a, clip_ints16 b) { return a == b; }
CLIP_LANES clip_ints16 clip_same_floats(clip_floats16 a, clip_floats16 b) { return a == b; }
/// `a` where the mask's bits are set, `b` elsewhere.
CLIP_LANES clip_ints16 clip_choose(clip_ints16 mask, clip_ints16 a, clip_ints16 b) { return mask ? a : b; }
CLIP_LANES clip_floats16 clip_distance(clip_floats16 a, clip_floats16 b) { return __builtin_elementwise_abs(a - b); }

/// `a · b + c`, rounded once.
CLIP_LANES clip_floats16 clip_multiply_add(clip_floats16 a, clip_floats16 b, clip_floats16 c) {
    return __builtin_elementwise_fma(a, b, c);
}

/// The first eight bytes of both in turns, and the last eight.
CLIP_LANES clip_bytes16 clip_interleave_first(clip_bytes16 a, clip_bytes16 b) {
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
CLIP_LANES clip_bytes16 clip_interleave_last(clip_bytes16 a, clip_bytes16 b) {
    return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

#if defined(__AVX2__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#if defined(__AVX512F__)
#define CLIP_CLAMPED(a) (clip_bytes16)_mm512_cvtusepi32_epi8(_mm512_max_epi32((__m512i)(a), _mm512_setzero_si512()))
#define CLIP_NARROWED(a) (clip_bytes16)_mm512_cvtusepi32_epi8((__m512i)(a))
#elif defined(__AVX2__)
typedef union {
    clip_ints16 all;
    __m256i half[2];
} clip_halves;
#define CLIP_SHORTS(a)                                                                                                 \
    _mm256_permute4x64_epi64(                                                                                          \
        _mm256_packs_epi32(((clip_halves){.all = (a)}).half[0], ((clip_halves){.all = (a)}).half[1]), 0xD8)
#define CLIP_CLAMPED(a)                                                                                                \
    (clip_bytes16)_mm_packus_epi16(                                                                                    \
        _mm256_castsi256_si128(CLIP_SHORTS(a)), _mm256_extracti128_si256(CLIP_SHORTS(a), 1))
#define CLIP_NARROWED(a) CLIP_CLAMPED(a)
#else
#define CLIP_CLAMPED(a)                                                                                                \
    __builtin_convertvector(                                                                                           \
        __builtin_elementwise_min(__builtin_elementwise_max((a), (clip_ints16)(0)), (clip_ints16)(255)), clip_bytes16)
#define CLIP_NARROWED(a) CLIP_CLAMPED(a)
#endif

/// Numbers as bytes: those below 0 become 0, those above 255 become 255. (By instructions, since a conversion that stands
/// before `clip_pick` is mixed up with it into something four times as long.)
CLIP_LANES clip_bytes16 clip_clamp(clip_ints16 a) { return CLIP_CLAMPED(a); }
/// The same of numbers that are 0…255.
CLIP_LANES clip_bytes16 clip_narrow(clip_ints16 a) { return CLIP_NARROWED(a); }

/// Byte `places[i]` of `a` for each i, 0 where that is 128 or more.
CLIP_LANES clip_bytes16 clip_pick(clip_bytes16 a, clip_bytes16 places) {
#if defined(__AVX2__)
    __m128i own = (__m128i)places;
    __asm__("" : "+x"(own));  // a constant would be combined with its neighbours into chains of three times the length
    return (clip_bytes16)_mm_shuffle_epi8((__m128i)a, own);
#elif defined(__aarch64__)
    return (clip_bytes16)vqtbl1q_u8((uint8x16_t)a, (uint8x16_t)places);
#else
    clip_bytes16 picked;
    for (int i = 0; i < 16; i++) picked[i] = places[i] < 16 ? a[places[i]] : 0;
    return picked;
#endif
}

/// Number `places[i]` of `table` for each i: places are 0…7.
CLIP_LANES clip_ints16 clip_pick_numbers(clip_ints8 table, clip_ints16 places) {
#if defined(__AVX512F__)
    return (clip_ints16)_mm512_permutexvar_epi32((__m512i)places, _mm512_castsi256_si512((__m256i)table));
#elif defined(__AVX2__)
    union {
        clip_ints16 all;
        __m256i half[2];
    } picked = {.all = places};
    for (int i = 0; i < 2; i++) picked.half[i] = _mm256_permutevar8x32_epi32((__m256i)table, picked.half[i]);
    return picked.all;
#else
    clip_ints16 picked;
    for (int i = 0; i < 16; i++) picked[i] = table[places[i] & 7];
    return picked;
#endif
}

/// `sum + low(a) · low(b) + high(a) · high(b)` of the two signed halves of each number.
CLIP_LANES clip_ints16 clip_add_pairs(clip_ints16 sum, clip_ints16 a, clip_ints16 b) {
#if defined(__AVX512VNNI__)
    return (clip_ints16)_mm512_dpwssd_epi32((__m512i)sum, (__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
    union {
        clip_ints16 all;
        __m256i half[2];
    } s = {.all = sum}, x = {.all = a}, y = {.all = b};
    for (int i = 0; i < 2; i++) s.half[i] = _mm256_add_epi32(s.half[i], _mm256_madd_epi16(x.half[i], y.half[i]));
    return s.all;
#else
    return sum + ((a << 16) >> 16) * ((b << 16) >> 16) + (a >> 16) * (b >> 16);
#endif
}

/// 32 bytes as numbers of 16 bits.
CLIP_LANES clip_shorts32 clip_load_shorts(const uint8_t *from) {
    clip_bytes32 bytes;
    __builtin_memcpy(&bytes, from, sizeof bytes);
    return __builtin_convertvector(bytes, clip_shorts32);
}

/// Two numbers of 16 bits in each of 32, `a` in the lower half: the first four of every eight, and the last four.
CLIP_LANES clip_ints16 clip_pair_first(clip_shorts32 a, clip_shorts32 b) {
    return (clip_ints16)__builtin_shufflevector(
        a, b, 0, 32, 1, 33, 2, 34, 3, 35, 8, 40, 9, 41, 10, 42, 11, 43, 16, 48, 17, 49, 18, 50, 19, 51, 24, 56, 25, 57,
        26, 58, 27, 59);
}
CLIP_LANES clip_ints16 clip_pair_last(clip_shorts32 a, clip_shorts32 b) {
    return (clip_ints16)__builtin_shufflevector(
        a, b, 4, 36, 5, 37, 6, 38, 7, 39, 12, 44, 13, 45, 14, 46, 15, 47, 20, 52, 21, 53, 22, 54, 23, 55, 28, 60, 29, 61,
        30, 62, 31, 63);
}

/// The way back: numbers of 0…255 become bytes in the order that `clip_load_shorts` had them in.
CLIP_LANES void clip_store_pairs(clip_ints16 first, clip_ints16 last, uint8_t *to) {
#if defined(__AVX512BW__)
    __m256i bytes = _mm512_cvtepi16_epi8(_mm512_packus_epi32((__m512i)first, (__m512i)last));
#else
    clip_shorts32 a = (clip_shorts32)first, b = (clip_shorts32)last;
    clip_shorts32 shorts = __builtin_shufflevector(
        a, b, 0, 2, 4, 6, 32, 34, 36, 38, 8, 10, 12, 14, 40, 42, 44, 46, 16, 18, 20, 22, 48, 50, 52, 54, 24, 26, 28, 30, 56,
        58, 60, 62);
    clip_bytes32 bytes = __builtin_convertvector(shorts, clip_bytes32);
#endif
    __builtin_memcpy(to, &bytes, sizeof bytes);
}

/// Sixteen bytes as numbers of 16 bits, and numbers of 0…255 as bytes.
CLIP_LANES clip_shorts16 clip_widen_shorts(clip_bytes16 a) { return __builtin_convertvector(a, clip_shorts16); }
CLIP_LANES clip_bytes16 clip_narrow_shorts(clip_shorts16 a) { return __builtin_convertvector(a, clip_bytes16); }

typedef uint8_t clip_bytes8 __attribute__((ext_vector_type(8)));
/// Eight bytes as numbers of 16 bits, and the lower halves of such numbers as bytes.
CLIP_LANES clip_shorts8 clip_load_shorts8(const uint8_t *from) {
    clip_bytes8 bytes;
    __builtin_memcpy(&bytes, from, sizeof bytes);
    return __builtin_convertvector(bytes, clip_shorts8);
}
CLIP_LANES void clip_store_shorts8(clip_shorts8 a, uint8_t *to) {
    clip_bytes8 bytes = __builtin_convertvector(a, clip_bytes8);
    __builtin_memcpy(to, &bytes, sizeof bytes);
}
/// Whichever of `left`, `above` and `corner` is nearest to `left + above − corner`, the first of them where several are.
CLIP_LANES clip_shorts8 clip_nearest_neighbour(clip_shorts8 left, clip_shorts8 above, clip_shorts8 corner) {
    clip_shorts8 toLeft = above - corner, toAbove = left - corner;
    clip_shorts8 toCorner = __builtin_elementwise_abs(toLeft + toAbove);
    toLeft = __builtin_elementwise_abs(toLeft);
    toAbove = __builtin_elementwise_abs(toAbove);
    clip_shorts8 least = __builtin_elementwise_min(toCorner, __builtin_elementwise_min(toLeft, toAbove));
    return least == toLeft ? left : least == toAbove ? above : corner;
}
