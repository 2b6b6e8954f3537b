#define _GNU_SOURCE
#include "CIntrinsics.h"

#if defined(__linux__)
#include <sys/mman.h>

void *clip_remap(void *start, size_t before, size_t after) {
    void *moved = mremap(start, before, after, MREMAP_MAYMOVE);
    return moved == MAP_FAILED ? NULL : moved;
}
#endif
