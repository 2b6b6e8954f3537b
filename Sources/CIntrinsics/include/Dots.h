/// Dot products of bytes, half-precision floats and comparisons, as a search through many vectors uses them: sixteen lanes at
/// every level, so that all levels give the same bits.
#pragma once

#include "Lanes.h"

typedef int8_t clip_chars64 __attribute__((ext_vector_type(64)));
typedef int8_t clip_chars16 __attribute__((ext_vector_type(16)));
typedef int clip_ints4 __attribute__((ext_vector_type(4)));

CLIP_LANES clip_chars64 clip_load_chars(const void *from) {
    clip_chars64 bytes;
    __builtin_memcpy(&bytes, from, sizeof bytes);
    return bytes;
}

/// Four bytes sixteen times.
CLIP_LANES clip_chars64 clip_spread4(const void *from) {
    int four;
    __builtin_memcpy(&four, from, sizeof four);
    return (clip_chars64)(clip_ints16)(four);
}

CLIP_LANES void clip_store_ints(clip_ints16 a, int *to) { __builtin_memcpy(to, &a, sizeof a); }
CLIP_LANES void clip_prefetch(const void *from) { __builtin_prefetch(from); }

/// The lower and the upper four bits of each byte.
CLIP_LANES clip_chars64 clip_low_bits(clip_chars64 a) { return a & (clip_chars64)(15); }
CLIP_LANES clip_chars64 clip_high_bits(clip_chars64 a) {
    typedef uint16_t shorts __attribute__((ext_vector_type(32)));
    return (clip_chars64)((shorts)a >> 4) & (clip_chars64)(15);
}

#if defined(__AVX512VNNI__)
/// `sum + Σ a·b` over the four bytes of each lane, where a is 0…127.
CLIP_LANES clip_ints16 clip_add_dots(clip_ints16 sum, clip_chars64 a, clip_chars64 b) {
    return (clip_ints16)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)a, (__m512i)b);
}
/// The same where a is −128…127 and b −127…127, once `clip_first_sum` of all b has been added.
CLIP_LANES clip_ints16 clip_add_signed_dots(clip_ints16 sum, clip_chars64 a, clip_chars64 b) {
    return (clip_ints16)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)(a ^ (clip_chars64)(-128)), (__m512i)b);
}
/// What `clip_add_signed_dots` begins with, for bytes b that add up to `total`: it takes a + 128 for a.
CLIP_LANES clip_ints16 clip_first_sum(int total) { return (clip_ints16)(-128 * total); }
CLIP_LANES clip_ints4 clip_add_dots4(clip_ints4 sum, clip_chars16 a, clip_chars16 b) {
    return (clip_ints4)_mm_dpbusd_epi32((__m128i)sum, (__m128i)a, (__m128i)b);
}
#elif defined(__AVX2__)
// Written out, since a call with vectors wider than the processor's is refused before it is inlined.
typedef union {
    clip_chars64 all;
    __m256i half[2];
} clip_byte_halves;
typedef union {
    clip_ints16 all;
    __m256i half[2];
} clip_int_halves;
#define CLIP_ADD_DOTS(sum, a, b)                                                                                       \
    _mm256_add_epi32((sum), _mm256_madd_epi16(_mm256_maddubs_epi16((a), (b)), _mm256_set1_epi16(1)))
/// `sum + Σ a·b` over the four bytes of each lane, where a is 0…127: two products stay below 2¹⁵.
CLIP_LANES clip_ints16 clip_add_dots(clip_ints16 sum, clip_chars64 a, clip_chars64 b) {
    clip_int_halves s = {.all = sum};
    clip_byte_halves x = {.all = a}, y = {.all = b};
    for (int i = 0; i < 2; i++) s.half[i] = CLIP_ADD_DOTS(s.half[i], x.half[i], y.half[i]);
    return s.all;
}
/// The same where a is −128…127 and b −127…127: the sign of a goes to b.
CLIP_LANES clip_ints16 clip_add_signed_dots(clip_ints16 sum, clip_chars64 a, clip_chars64 b) {
    clip_int_halves s = {.all = sum};
    clip_byte_halves x = {.all = a}, y = {.all = b};
    for (int i = 0; i < 2; i++)
        s.half[i] =
            CLIP_ADD_DOTS(s.half[i], _mm256_abs_epi8(x.half[i]), _mm256_sign_epi8(y.half[i], x.half[i]));
    return s.all;
}
CLIP_LANES clip_ints16 clip_first_sum(int total) { return (clip_ints16)(0); }
CLIP_LANES clip_ints4 clip_add_dots4(clip_ints4 sum, clip_chars16 a, clip_chars16 b) {
    __m128i pairs = _mm_maddubs_epi16((__m128i)a, (__m128i)b);
    return (clip_ints4)_mm_add_epi32((__m128i)sum, _mm_madd_epi16(pairs, _mm_set1_epi16(1)));
}
#elif defined(__aarch64__)
/// `sum + Σ a·b` over the four bytes of each lane, where a is −128…127 and b −127…127: two products stay below 2¹⁵.
CLIP_LANES clip_ints4 clip_add_dots4(clip_ints4 sum, clip_chars16 a, clip_chars16 b) {
#if defined(__ARM_FEATURE_DOTPROD)
    return (clip_ints4)vdotq_s32((int32x4_t)sum, (int8x16_t)a, (int8x16_t)b);
#else
    int16x8_t first = vmull_s8(vget_low_s8((int8x16_t)a), vget_low_s8((int8x16_t)b));
    int16x8_t last = vmull_high_s8((int8x16_t)a, (int8x16_t)b);
    return (clip_ints4)vpadalq_s16((int32x4_t)sum, vpaddq_s16(first, last));
#endif
}
CLIP_LANES clip_ints16 clip_add_dots(clip_ints16 sum, clip_chars64 a, clip_chars64 b) {
    union {
        clip_ints16 all;
        clip_ints4 part[4];
    } s = {.all = sum};
    union {
        clip_chars64 all;
        clip_chars16 part[4];
    } x = {.all = a}, y = {.all = b};
    for (int i = 0; i < 4; i++) s.part[i] = clip_add_dots4(s.part[i], x.part[i], y.part[i]);
    return s.all;
}
CLIP_LANES clip_ints16 clip_add_signed_dots(clip_ints16 sum, clip_chars64 a, clip_chars64 b) {
    return clip_add_dots(sum, a, b);
}
CLIP_LANES clip_ints16 clip_first_sum(int total) { return (clip_ints16)(0); }
#else
CLIP_LANES clip_ints4 clip_add_dots4(clip_ints4 sum, clip_chars16 a, clip_chars16 b) {
    for (int i = 0; i < 16; i++) sum[i / 4] += a[i] * b[i];
    return sum;
}
CLIP_LANES clip_ints16 clip_add_dots(clip_ints16 sum, clip_chars64 a, clip_chars64 b) {
    for (int i = 0; i < 64; i++) sum[i / 4] += a[i] * b[i];
    return sum;
}
CLIP_LANES clip_ints16 clip_add_signed_dots(clip_ints16 sum, clip_chars64 a, clip_chars64 b) {
    return clip_add_dots(sum, a, b);
}
CLIP_LANES clip_ints16 clip_first_sum(int total) { return (clip_ints16)(0); }
#endif

/// Byte `places[i]` of those sixteen of `table` among which i lies, for each i: places are 0…15.
CLIP_LANES clip_chars64 clip_pick_each(clip_chars64 table, clip_chars64 places) {
#if defined(__AVX512BW__)
    return (clip_chars64)_mm512_shuffle_epi8((__m512i)table, (__m512i)places);
#elif defined(__AVX2__)
    clip_byte_halves t = {.all = table}, p = {.all = places};
    for (int i = 0; i < 2; i++) p.half[i] = _mm256_shuffle_epi8(t.half[i], p.half[i]);
    return p.all;
#elif defined(__aarch64__)
    union {
        clip_chars64 all;
        int8x16_t part[4];
    } t = {.all = table}, p = {.all = places};
    for (int i = 0; i < 4; i++) p.part[i] = vqtbl1q_s8(t.part[i], (uint8x16_t)p.part[i]);
    return p.all;
#else
    clip_chars64 picked;
    for (int i = 0; i < 64; i++) picked[i] = table[i / 16 * 16 + (places[i] & 15)];
    return picked;
#endif
}

/// Sums of bytes 0…255, two in each number of 16 bits: `sum + a`, in which the lower byte spills into the upper one; and
/// `sum + a / 256`, that of the upper bytes alone.
CLIP_LANES clip_shorts32 clip_add_both(clip_shorts32 sum, clip_chars64 a) { return sum + (clip_shorts32)a; }
CLIP_LANES clip_shorts32 clip_add_upper(clip_shorts32 sum, clip_chars64 a) { return sum + ((clip_shorts32)a >> 8); }

/// From these two, the sum of bytes i, 16 + i, 32 + i and 48 + i for each i, where it is below 2¹⁶.
CLIP_LANES clip_ints16 clip_fold_sums(clip_shorts32 both, clip_shorts32 upper) {
    typedef uint16_t shorts8 __attribute__((ext_vector_type(8)));
    clip_shorts32 lower = both - (upper << 8);
    clip_shorts16 a = lower.lo + lower.hi, b = upper.lo + upper.hi;
    shorts8 even = a.lo + a.hi, odd = b.lo + b.hi;
    clip_shorts16 all = __builtin_shufflevector(even, odd, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
    return __builtin_convertvector(all, clip_ints16);
}

/// Sixteen bytes, and the halves of each.
CLIP_LANES clip_chars16 clip_load_chars16(const void *from) {
    clip_chars16 bytes;
    __builtin_memcpy(&bytes, from, sizeof bytes);
    return bytes;
}
CLIP_LANES clip_chars16 clip_low_bits16(clip_chars16 a) { return a & (clip_chars16)(15); }
CLIP_LANES clip_chars16 clip_high_bits16(clip_chars16 a) {
    typedef uint8_t bytes __attribute__((ext_vector_type(16)));
    return (clip_chars16)((bytes)a >> 4);
}

#define CLIP_LANE_BITS                                                                                                 \
    (clip_ints16) { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768 }
/// Bit i is set where `a[i] >= b[i]`.
CLIP_LANES uint32_t clip_reaching(clip_ints16 a, clip_ints16 b) {
#if defined(__AVX512F__)
    return _mm512_cmpge_epi32_mask((__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
    clip_int_halves x = {.all = a}, y = {.all = b};
    uint32_t below = 0;
    for (int i = 0; i < 2; i++)
        below |= (uint32_t)_mm256_movemask_ps((__m256)_mm256_cmpgt_epi32(y.half[i], x.half[i])) << (8 * i);
    return ~below & 0xffff;
#else
    return (uint32_t)__builtin_reduce_or((a >= b) & CLIP_LANE_BITS);
#endif
}

/// The same of floats; no bit for a number that is none.
CLIP_LANES uint32_t clip_reaching_floats(clip_floats16 a, clip_floats16 b) {
#if defined(__AVX512F__)
    return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_GE_OQ);
#elif defined(__AVX2__)
    union {
        clip_floats16 all;
        __m256 half[2];
    } x = {.all = a}, y = {.all = b};
    uint32_t reaching = 0;
    for (int i = 0; i < 2; i++)
        reaching |= (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(x.half[i], y.half[i], _CMP_GE_OQ)) << (8 * i);
    return reaching;
#else
    return (uint32_t)__builtin_reduce_or((a >= b) & CLIP_LANE_BITS);
#endif
}

/// Whole numbers nearest to the floats, halves to the even one.
CLIP_LANES clip_ints16 clip_nearest_ints(clip_floats16 a) { 
    return __builtin_convertvector(__builtin_elementwise_roundeven(a), clip_ints16);
}

/// Numbers of −128…127 as bytes.
CLIP_LANES void clip_store_chars16(clip_ints16 a, int8_t *to) {
#if defined(__AVX512F__)
    _mm_storeu_si128((__m128i *)to, _mm512_cvtepi32_epi8((__m512i)a));
#else
    clip_chars16 bytes = __builtin_convertvector(a, clip_chars16);
    __builtin_memcpy(to, &bytes, sizeof bytes);
#endif
}

/// Sixteen half-precision floats.
CLIP_LANES clip_floats16 clip_load_halves(const void *from) {
    typedef _Float16 halves __attribute__((ext_vector_type(16)));
    halves h;
    __builtin_memcpy(&h, from, sizeof h);
    return __builtin_convertvector(h, clip_floats16);
}
CLIP_LANES void clip_store_halves(clip_floats16 a, void *to) {
    typedef _Float16 halves __attribute__((ext_vector_type(16)));
    halves h = __builtin_convertvector(a, halves);
    __builtin_memcpy(to, &h, sizeof h);
}
CLIP_LANES clip_floats16 clip_load_floats(const void *from) {
    clip_floats16 a;
    __builtin_memcpy(&a, from, sizeof a);
    return a;
}
/// One of each.
CLIP_LANES float clip_load_half(const void *from) {
    _Float16 h;
    __builtin_memcpy(&h, from, sizeof h);
    return (float)h;
}
CLIP_LANES void clip_store_half(float a, void *to) {
    _Float16 h = (_Float16)a;
    __builtin_memcpy(to, &h, sizeof h);
}
/// `a · b + c`, rounded once.
CLIP_LANES float clip_multiply_add1(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
/// All lanes, added in pairs: lane i to lane i + 8, then i + 4, i + 2, i + 1.
CLIP_LANES float clip_sum(clip_floats16 a) {
    clip_floats8 b = a.lo + a.hi;
    __attribute__((ext_vector_type(4))) float c = b.lo + b.hi;
    __attribute__((ext_vector_type(2))) float d = c.lo + c.hi;
    return d.x + d.y;
}
CLIP_LANES float clip_largest(clip_floats16 a) { return __builtin_reduce_max(a); }
CLIP_LANES int clip_sum_ints(clip_ints16 a) { return __builtin_reduce_add(a); }
CLIP_LANES int clip_sum_ints4(clip_ints4 a) { return __builtin_reduce_add(a); }
