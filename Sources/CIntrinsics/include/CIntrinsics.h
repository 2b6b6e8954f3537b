/// What Swift cannot ask the processor for: which instructions it has, and how to wait politely.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "Dots.h"
#include "Lanes.h"
#include "Vectors.h"

#if defined(__linux__)
/// Mapped memory of another length, wherever that lies, without a second copy; NULL where there is no room.
void *clip_remap(void *start, size_t before, size_t after);
#endif

/// The natural logarithm.
static inline float clip_logarithm(float x) { return __builtin_logf(x); }

#if defined(__x86_64__)
#include <immintrin.h>

/// AVX2 with fused multiply-add and half-precision conversion: x86-64-v3.
static inline int clip_cpu_has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

/// AVX-512 with the byte dot product (VNNI), as since Cascade Lake and Zen 4.
static inline int clip_cpu_has_avx512(void) {
    return clip_cpu_has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vnni");
}

/// One step of a waiting loop.
static inline void clip_pause(void) { _mm_pause(); }
#else
static inline int clip_cpu_has_avx2(void) { return 0; }
static inline int clip_cpu_has_avx512(void) { return 0; }
static inline void clip_pause(void) { __asm__ volatile("yield"); }
#endif
