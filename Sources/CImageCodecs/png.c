#include "CImageCodecs.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compositing.h"

// Everything that changes after setjmp lives in one of these, in memory that longjmp leaves alone.
struct png_work {
    png_structp png;
    png_infop info;
    const uint8_t *input;  // what is left of the file
    size_t left;
    uint8_t *scratch;  // rows with alpha, while they are decoded
    uint8_t *output;   // what has been encoded
    size_t output_count, output_room;
    char *message;
};

static void png_fail(png_structp png, png_const_charp reason) {
    struct png_work *work = png_get_error_ptr(png);
    snprintf(work->message, clip_message_size, "%s", reason);
    png_longjmp(png, 1);
}

static void png_ignore_warning(png_structp png, png_const_charp reason) {
    (void)png;
    (void)reason;
}

static void png_take(png_structp png, png_bytep target, size_t count) {
    struct png_work *work = png_get_io_ptr(png);
    if (count > work->left) png_error(png, "the file ends early");
    memcpy(target, work->input, count);
    work->input += count;
    work->left -= count;
}

// Colour spaces, texts and dates change no pixel here and are not even inflated. eXIf is read elsewhere.
static void png_skip_ancillary_chunks(png_structp png) {
    static const png_byte names[] =
        "bKGD\0cHRM\0cICP\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0sBIT\0sCAL\0sPLT\0sRGB\0sTER\0tEXt\0tIME\0"
        "zTXt";
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, names, (int)(sizeof names / 5));
}

static bool png_decode_into(struct png_work *work, uint32_t height, uint32_t width, uint8_t *pixels) {
    png_structp png = work->png;
    png_infop info = work->info;
    if (setjmp(png_jmpbuf(png))) return false;
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_skip_ancillary_chunks(png);
    // Streams that look further back than the window they name are read, as Pillow and libdeflate read them.
    png_set_option(png, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON);
#ifdef CLIP_FUZZ
    png_set_crc_action(png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);  // else no change gets past the checksums
#endif
    png_set_read_fn(png, work, png_take);
    png_read_info(png, info);
    if (png_get_image_height(png, info) != height || png_get_image_width(png, info) != width)
        png_error(png, "the header contradicts itself");

    bool has_alpha = (png_get_color_type(png, info) & PNG_COLOR_MASK_ALPHA) || png_get_valid(png, info, PNG_INFO_tRNS);
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    size_t row_size = (size_t)width * (has_alpha ? 4 : 3);
    if (png_get_rowbytes(png, info) != row_size) png_error(png, "the rows have an unexpected length");

    if (has_alpha) {
        work->scratch = calloc(passes > 1 ? height : 1, row_size);
        if (!work->scratch) png_error(png, "there is not enough memory for it");
    }
    for (int pass = 0; pass < passes; pass++) {
        for (size_t y = 0; y < height; y++) {
            uint8_t *row = pixels + y * width * 3;
            if (has_alpha) row = work->scratch + (passes > 1 ? y * row_size : 0);
            png_read_row(png, row, NULL);
            if (has_alpha && passes == 1) composite_row(row, pixels + y * width * 3, width);
        }
    }
    if (has_alpha && passes > 1) {
        for (size_t y = 0; y < height; y++) composite_row(work->scratch + y * row_size, pixels + y * width * 3, width);
    }
    png_read_end(png, NULL);
    return true;
}

bool clip_png_decode(const uint8_t *bytes, size_t count, uint32_t height, uint32_t width, uint8_t *pixels,
                     char message[clip_message_size]) {
    struct png_work work = {.input = bytes, .left = count, .message = message};
    snprintf(message, clip_message_size, "there is not enough memory for it");
    work.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &work, png_fail, png_ignore_warning);
    if (!work.png) return false;
    work.info = png_create_info_struct(work.png);
    bool done = work.info && png_decode_into(&work, height, width, pixels);
    png_destroy_read_struct(&work.png, &work.info, NULL);
    free(work.scratch);
    return done;
}

static void png_give(png_structp png, png_bytep bytes, size_t count) {
    struct png_work *work = png_get_io_ptr(png);
    if (count > work->output_room - work->output_count) {
        size_t room = 2 * work->output_room + count + 4096;
        uint8_t *larger = realloc(work->output, room);
        if (!larger) png_error(png, "there is not enough memory for it");
        work->output = larger;
        work->output_room = room;
    }
    memcpy(work->output + work->output_count, bytes, count);
    work->output_count += count;
}

static void png_flush_nothing(png_structp png) { (void)png; }

static bool png_encode_from(struct png_work *work, uint32_t height, uint32_t width, const uint8_t *pixels) {
    png_structp png = work->png;
    if (setjmp(png_jmpbuf(png))) return false;
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_write_fn(png, work, png_give, png_flush_nothing);
    png_set_IHDR(png, work->info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, work->info);
    for (size_t y = 0; y < height; y++) png_write_row(png, pixels + y * width * 3);
    png_write_end(png, NULL);
    return true;
}

bool clip_png_encode(const uint8_t *pixels, uint32_t height, uint32_t width, uint8_t **encoded, size_t *encoded_count,
                     char message[clip_message_size]) {
    struct png_work work = {.message = message};
    snprintf(message, clip_message_size, "there is not enough memory for it");
    work.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &work, png_fail, png_ignore_warning);
    if (!work.png) return false;
    work.info = png_create_info_struct(work.png);
    bool done = work.info && png_encode_from(&work, height, width, pixels);
    png_destroy_write_struct(&work.png, &work.info);
    if (!done) {
        free(work.output);
        return false;
    }
    *encoded = work.output;
    *encoded_count = work.output_count;
    return true;
}

void clip_free(uint8_t *encoded) { free(encoded); }
