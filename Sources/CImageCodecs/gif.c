#include "CImageCodecs.h"

#include <stdio.h>

#ifndef CLIP_GIF

bool clip_gif_is_built(void) { return false; }

bool clip_gif_decode(const uint8_t *bytes, size_t count, uint32_t height, uint32_t width, uint8_t *pixels,
                     char message[clip_message_size]) {
    (void)bytes, (void)count, (void)height, (void)width, (void)pixels;
    snprintf(message, clip_message_size, "this program was built without giflib");
    return false;
}

#else

#include <stdlib.h>
#include <string.h>

#include <gif_lib.h>

bool clip_gif_is_built(void) { return true; }

// What is left of the file.
struct gif_source {
    const uint8_t *bytes;
    size_t left;
};

static int gif_take(GifFileType *gif, GifByteType *target, int count) {
    struct gif_source *source = gif->UserData;
    size_t taken = count < 0 ? 0 : (size_t)count < source->left ? (size_t)count : source->left;
    memcpy(target, source->bytes, taken);
    source->bytes += taken;
    source->left -= taken;
    return (int)taken;
}

static bool fail(char message[clip_message_size], const char *reason) {
    snprintf(message, clip_message_size, "%s", reason ? reason : "the file is damaged");
    return false;
}

static bool fail_as(const GifFileType *gif, char message[clip_message_size]) {
    return fail(message, GifErrorString(gif->Error));
}

// Puts a line of the frame where it belongs; what is transparent or outside of the picture changes nothing.
static void gif_draw_line(const GifFileType *gif, const ColorMapObject *map, int transparent, const uint8_t *line, int y,
                          uint32_t height, uint32_t width, uint8_t *pixels) {
    const GifImageDesc *frame = &gif->Image;
    int64_t row = (int64_t)frame->Top + y;
    if (row < 0 || row >= (int64_t)height) return;
    for (int x = 0; x < frame->Width; x++) {
        int64_t column = (int64_t)frame->Left + x;
        if (line[x] == transparent || column < 0 || column >= (int64_t)width) continue;
        GifColorType colour = line[x] < map->ColorCount ? map->Colors[line[x]] : (GifColorType){0, 0, 0};
        uint8_t *pixel = pixels + ((size_t)row * width + (size_t)column) * 3;
        pixel[0] = colour.Red, pixel[1] = colour.Green, pixel[2] = colour.Blue;
    }
}

static bool gif_decode_frame(GifFileType *gif, int transparent, uint32_t height, uint32_t width, uint8_t *pixels,
                             char message[clip_message_size]) {
    static const int starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
    if (DGifGetImageDesc(gif) == GIF_ERROR) return fail_as(gif, message);
    const ColorMapObject *map = gif->Image.ColorMap ? gif->Image.ColorMap : gif->SColorMap;
    if (!map) return fail(message, "it has no table of colours");
    if (gif->Image.Width <= 0 || gif->Image.Height <= 0) return fail(message, "its first frame holds no pixel");
    uint8_t *line = malloc((size_t)gif->Image.Width);
    if (!line) return fail(message, "there is not enough memory for it");
    memset(pixels, 255, (size_t)height * width * 3);
    bool done = true;
    for (int pass = 0; done && pass < (gif->Image.Interlace ? 4 : 1); pass++) {
        int step = gif->Image.Interlace ? steps[pass] : 1;
        for (int y = gif->Image.Interlace ? starts[pass] : 0; done && y < gif->Image.Height; y += step) {
            done = DGifGetLine(gif, line, gif->Image.Width) != GIF_ERROR;
            if (done) gif_draw_line(gif, map, transparent, line, y, height, width, pixels);
        }
    }
    free(line);
    GifRecordType next;  // a file that was not cut off goes on, if only with its trailer
    if (done) done = DGifGetRecordType(gif, &next) != GIF_ERROR;
    return done || fail_as(gif, message);
}

// Skips an extension; one that says which colour is transparent is told.
static bool gif_read_extension(GifFileType *gif, int *transparent, char message[clip_message_size]) {
    int code;
    GifByteType *block;
    if (DGifGetExtension(gif, &code, &block) == GIF_ERROR) return fail_as(gif, message);
    GraphicsControlBlock control;
    if (code == GRAPHICS_EXT_FUNC_CODE && block && DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK)
        *transparent = control.TransparentColor;
    while (block) {
        if (DGifGetExtensionNext(gif, &block) == GIF_ERROR) return fail_as(gif, message);
    }
    return true;
}

static bool gif_decode_first(GifFileType *gif, uint32_t height, uint32_t width, uint8_t *pixels,
                             char message[clip_message_size]) {
    if (gif->SHeight < 0 || gif->SWidth < 0 || (uint32_t)gif->SHeight != height || (uint32_t)gif->SWidth != width)
        return fail(message, "the header contradicts itself");
    int transparent = NO_TRANSPARENT_COLOR;
    for (;;) {
        GifRecordType type;
        if (DGifGetRecordType(gif, &type) == GIF_ERROR) return fail_as(gif, message);
        if (type == IMAGE_DESC_RECORD_TYPE) return gif_decode_frame(gif, transparent, height, width, pixels, message);
        if (type != EXTENSION_RECORD_TYPE) return fail(message, "it holds no frame");
        if (!gif_read_extension(gif, &transparent, message)) return false;
    }
}

bool clip_gif_decode(const uint8_t *bytes, size_t count, uint32_t height, uint32_t width, uint8_t *pixels,
                     char message[clip_message_size]) {
    struct gif_source source = {.bytes = bytes, .left = count};
    int error = 0;
    GifFileType *gif = DGifOpen(&source, gif_take, &error);
    if (!gif) return fail(message, GifErrorString(error));
    bool done = gif_decode_first(gif, height, width, pixels, message);
    DGifCloseFile(gif, &error);
    return done;
}

#endif
