/// What Swift does with vectors lane by lane. Its `replacing(with:where:)` and `squareRoot()` are loops until late in a
/// compilation: a function with some of them is called for every vector instead of inlined.
#pragma once

typedef float clip_floats8 __attribute__((ext_vector_type(8)));
typedef float clip_floats16 __attribute__((ext_vector_type(16)));
typedef int clip_ints8 __attribute__((ext_vector_type(8)));
typedef int clip_ints16 __attribute__((ext_vector_type(16)));

/// `a < b ? b : a`, which keeps an `a` that is no number.
static inline clip_floats8 clip_larger8(clip_floats8 a, clip_floats8 b) {
    clip_ints8 chosen = a < b;
    return (clip_floats8)(((clip_ints8)b & chosen) | ((clip_ints8)a & ~chosen));
}

static inline clip_floats16 clip_larger16(clip_floats16 a, clip_floats16 b) {
    clip_ints16 chosen = a < b;
    return (clip_floats16)(((clip_ints16)b & chosen) | ((clip_ints16)a & ~chosen));
}

/// `a > b ? b : a`, which keeps an `a` that is no number.
static inline clip_floats8 clip_smaller8(clip_floats8 a, clip_floats8 b) {
    clip_ints8 chosen = a > b;
    return (clip_floats8)(((clip_ints8)b & chosen) | ((clip_ints8)a & ~chosen));
}

static inline clip_floats16 clip_smaller16(clip_floats16 a, clip_floats16 b) {
    clip_ints16 chosen = a > b;
    return (clip_floats16)(((clip_ints16)b & chosen) | ((clip_ints16)a & ~chosen));
}

/// Square roots.
static inline clip_floats8 clip_root8(clip_floats8 a) { return __builtin_elementwise_sqrt(a); }
static inline clip_floats16 clip_root16(clip_floats16 a) { return __builtin_elementwise_sqrt(a); }
