#include "CImageCodecs.h"

#include <stdio.h>

#ifndef CLIP_WEBP

bool clip_webp_is_built(void) { return false; }

bool clip_webp_decode(const uint8_t *bytes, size_t count, uint32_t height, uint32_t width, uint8_t *pixels,
                      char message[clip_message_size]) {
    (void)bytes, (void)count, (void)height, (void)width, (void)pixels;
    snprintf(message, clip_message_size, "this program was built without libwebp");
    return false;
}

#else

#include <stdlib.h>
#include <string.h>

#include <webp/decode.h>
#include <webp/demux.h>

#include "compositing.h"

bool clip_webp_is_built(void) { return true; }

static bool fail(char message[clip_message_size], const char *reason) {
    snprintf(message, clip_message_size, "%s", reason);
    return false;
}

// The frame covers the whole picture and hides what lies below it.
static bool is_plain(const WebPIterator *frame, uint32_t height, uint32_t width) {
    return !frame->has_alpha && frame->x_offset == 0 && frame->y_offset == 0 && (uint32_t)frame->width == width &&
           (uint32_t)frame->height == height;
}

static bool webp_decode_frame(const WebPIterator *frame, uint32_t height, uint32_t width, uint8_t *pixels,
                              char message[clip_message_size]) {
    const uint8_t *bytes = frame->fragment.bytes;
    size_t size = (size_t)height * width * 3;
    if (!frame->complete) return fail(message, "the file ends early");
    if (is_plain(frame, height, width)) {
        bool done = WebPDecodeRGBInto(bytes, frame->fragment.size, pixels, size, (int)(width * 3));
        return done || fail(message, "its colours are damaged");
    }
    if ((uint64_t)frame->x_offset + (uint64_t)frame->width > width ||
        (uint64_t)frame->y_offset + (uint64_t)frame->height > height)
        return fail(message, "its first frame is larger than the picture");
    size_t stride = (size_t)frame->width * 4, frame_size = stride * (size_t)frame->height;
    uint8_t *rgba = malloc(frame_size);
    if (!rgba) return fail(message, "there is not enough memory for it");
    bool done = WebPDecodeRGBAInto(bytes, frame->fragment.size, rgba, frame_size, (int)stride);
    memset(pixels, 255, size);
    for (int y = 0; done && y < frame->height; y++) {
        size_t place = ((size_t)(frame->y_offset + y) * width + (size_t)frame->x_offset) * 3;
        composite_row(rgba + (size_t)y * stride, pixels + place, (uint32_t)frame->width);
    }
    free(rgba);
    return done || fail(message, "its colours are damaged");
}

bool clip_webp_decode(const uint8_t *bytes, size_t count, uint32_t height, uint32_t width, uint8_t *pixels,
                      char message[clip_message_size]) {
    WebPData data = {.bytes = bytes, .size = count};
    WebPDemuxer *demuxer = WebPDemux(&data);
    if (!demuxer) return fail(message, "the file ends early or is damaged");
    bool done = false;
    WebPIterator frame;
    if (WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT) != height || WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH) != width) {
        fail(message, "the header contradicts itself");
    } else if (!WebPDemuxGetFrame(demuxer, 1, &frame)) {
        fail(message, "it holds no frame");
    } else {
        done = webp_decode_frame(&frame, height, width, pixels, message);
        WebPDemuxReleaseIterator(&frame);
    }
    WebPDemuxDelete(demuxer);
    return done;
}

#endif
