// Sixteen bytes or numbers at once. Loops are compiled for three levels of instructions, and the best that the processor
// has is called; all give the same bytes, so products are never fused with sums. No function takes or gives more than 16
// bytes in a vector, because how that is done depends on the level.
#ifndef LANES_H
#define LANES_H

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#pragma clang fp contract(off)

typedef uint8_t bytes16 __attribute__((ext_vector_type(16)));
typedef int32_t ints16 __attribute__((ext_vector_type(16)));
typedef float floats16 __attribute__((ext_vector_type(16)));
typedef double doubles16 __attribute__((ext_vector_type(16)));

#define INLINE static inline __attribute__((always_inline))

enum { lanes = 16 };

INLINE bytes16 load(const uint8_t *from) {
    bytes16 bytes;
    memcpy(&bytes, from, lanes);
    return bytes;
}

INLINE void store(bytes16 bytes, uint8_t *to) { memcpy(to, &bytes, lanes); }

#if defined(__x86_64__)
#define AT_AVX2 __attribute__((target("avx2")))
#define AT_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))
#define AT_EACH_LEVEL(function, name) \
    function(name##_anywhere, )       \
    function(name##_avx2, AT_AVX2)    \
    function(name##_avx512, AT_AVX512)

extern atomic_int clip_level_limit;

INLINE int supported_level(void) {
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vnni"))
        return 2;
    return __builtin_cpu_supports("avx2") ? 1 : 0;
}

INLINE int best_level(void) {
    int supported = supported_level(), limit = atomic_load_explicit(&clip_level_limit, memory_order_relaxed);
    return supported < limit ? supported : limit;
}

#define CALL_BEST(name, arguments)        \
    do {                                  \
        switch (best_level()) {           \
        case 2:                           \
            name##_avx512 arguments;      \
            break;                        \
        case 1:                           \
            name##_avx2 arguments;        \
            break;                        \
        default:                          \
            name##_anywhere arguments;    \
        }                                 \
    } while (0)
#else
#define AT_EACH_LEVEL(function, name) function(name##_anywhere, )
#define CALL_BEST(name, arguments) name##_anywhere arguments
#endif

#endif
