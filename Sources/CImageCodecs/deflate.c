#include "CImageCodecs.h"

#ifndef CLIP_DEFLATE

bool clip_deflate_is_built(void) { return false; }

bool clip_inflate(const uint8_t *stream, size_t count, uint8_t *target, size_t size) {
    (void)stream, (void)count, (void)target, (void)size;
    return false;
}

bool clip_has_checksum(const uint8_t *bytes, size_t count, uint32_t checksum) {
    (void)bytes, (void)count, (void)checksum;
    return false;
}

#else

#include <libdeflate.h>

bool clip_deflate_is_built(void) { return true; }

bool clip_inflate(const uint8_t *stream, size_t count, uint8_t *target, size_t size) {
    size_t read = 0, made = 0;
    struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    if (!inflater) return false;
#ifdef CLIP_FUZZ
    // As libpng takes it: whatever the checksum behind the stream. No change would get past it.
    enum { header = 2, frame = 6 };
    enum libdeflate_result result = LIBDEFLATE_BAD_DATA;
    if (count > frame && (stream[0] & 0x8f) == 8 && (stream[0] << 8 | stream[1]) % 31 == 0 && !(stream[1] & 0x20))
        result = libdeflate_deflate_decompress_ex(inflater, stream + header, count - frame, target, size, &read, &made);
    read += frame;
#else
    enum libdeflate_result result = libdeflate_zlib_decompress_ex(inflater, stream, count, target, size, &read, &made);
#endif
    libdeflate_free_decompressor(inflater);
    return result == LIBDEFLATE_SUCCESS && read == count && made == size;
}

bool clip_has_checksum(const uint8_t *bytes, size_t count, uint32_t checksum) {
#ifdef CLIP_FUZZ
    (void)bytes, (void)count, (void)checksum;
    return true;
#else
    return libdeflate_crc32(0, bytes, count) == checksum;
#endif
}

#endif
