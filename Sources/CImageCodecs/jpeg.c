#include "CImageCodecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

// The library's error handler, with the way out and the place for the reason behind it.
struct jpeg_trouble {
    struct jpeg_error_mgr handler;  // first, so that the library's pointer to it is a pointer to all of this
    jmp_buf way_out;
    char *message;
};

static void jpeg_fail_because(j_common_ptr jpeg, const char *reason) {
    struct jpeg_trouble *trouble = (struct jpeg_trouble *)jpeg->err;
    snprintf(trouble->message, clip_message_size, "%s", reason);
    longjmp(trouble->way_out, 1);
}

static void jpeg_fail(j_common_ptr jpeg) {
    char reason[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, reason);
    jpeg_fail_because(jpeg, reason);
}

// The library calls damaged data a warning and goes on with grey; here a damaged picture is no picture.
static void jpeg_notice(j_common_ptr jpeg, int level) {
    if (level >= 0) return;
    switch (jpeg->err->msg_code) {
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
    case JWRN_BOGUS_PROGRESSION:
        jpeg_fail(jpeg);
    }
}

static void jpeg_print_nothing(j_common_ptr jpeg) { (void)jpeg; }

static void source_nothing(j_decompress_ptr jpeg) { (void)jpeg; }

static boolean source_refill(j_decompress_ptr jpeg) {
    jpeg_fail_because((j_common_ptr)jpeg, "the file ends early");
    return FALSE;
}

static void source_skip(j_decompress_ptr jpeg, long count) {
    if (count <= 0) return;
    if ((size_t)count > jpeg->src->bytes_in_buffer) source_refill(jpeg);
    jpeg->src->next_input_byte += count;
    jpeg->src->bytes_in_buffer -= (size_t)count;
}

// A progressive file may name thousands of scans in a few bytes each; a real one has about ten.
static void limit_scans(j_common_ptr jpeg) {
    if (((j_decompress_ptr)jpeg)->input_scan_number > 100) jpeg_fail_because(jpeg, "it has more than 100 scans");
}

static unsigned times(unsigned a, unsigned b) {
    unsigned product = a * b + 128;
    return (product + (product >> 8)) >> 8;  // a·b / 255, rounded
}

// Adobe's inverted CMYK, as every writer makes it: what is stored is the light that ink leaves. Pillow's arithmetic.
static void cmyk_row_to_rgb(const uint8_t *cmyk, uint8_t *rgb, uint32_t width) {
    for (uint32_t x = 0; x < width; x++, cmyk += 4, rgb += 3) {
        unsigned light = cmyk[3];
        for (int c = 0; c < 3; c++) rgb[c] = (uint8_t)(light - times(255 - cmyk[c], light));
    }
}

// Colours between two samples are mixed from both, so this many pixels beside a region are decoded with it.
enum { margin = 8 };

// Leaves columns outside of the region undecoded, as far as whole blocks allow, and gives the first column of what is left.
static JDIMENSION jpeg_narrow(struct jpeg_decompress_struct *jpeg, struct clip_region region) {
    JDIMENSION whole = jpeg->output_width, left = region.left > margin ? region.left - margin : 0;
    JDIMENSION right = region.left + region.width + margin, width;
    if (right > whole) right = whole;
    width = right - left;
    if (width < whole) jpeg_crop_scanline(jpeg, &left, &width);
    return width < whole ? left : 0;
}

// Reads the rows of the region through `scratch`, [1, 1 + decoded width · components].
static void jpeg_read_region(struct jpeg_decompress_struct *jpeg, struct clip_region region, JDIMENSION left,
                             JSAMPARRAY scratch, uint8_t *pixels) {
    bool is_cmyk = jpeg->output_components == 4, is_narrow = jpeg->output_width != region.width;
    JDIMENSION rows = jpeg->output_height, above = region.top, below = rows - region.top - region.height;
    if (above > 0 && jpeg_skip_scanlines(jpeg, above) != above) source_refill(jpeg);
    for (uint32_t y = 0; y < region.height; y++) {
        uint8_t *target = pixels + (size_t)y * region.width * 3;
        // libjpeg-turbo writes aligned rows past the caches, where whoever reads them next has to wait: none is aligned.
        bool is_aligned = (uintptr_t)target % 16 == 0;
        JSAMPROW row = is_cmyk || is_narrow || is_aligned ? scratch[0] + 1 : target;
        if (jpeg_read_scanlines(jpeg, &row, 1) != 1) source_refill(jpeg);
        const uint8_t *part = row + (size_t)(region.left - left) * (size_t)jpeg->output_components;
        if (is_cmyk) {
            cmyk_row_to_rgb(part, target, region.width);
        } else if (row != target) {
            memcpy(target, part, (size_t)region.width * 3);
        }
    }
    // What lies below is not turned into colours, but read, so that damage is found whatever the region: the library leaves
    // rows unread where no other follows.
    if (below > 1 && jpeg_skip_scanlines(jpeg, below - 1) != below - 1) source_refill(jpeg);
    if (below > 0 && jpeg_read_scanlines(jpeg, scratch, 1) != 1) source_refill(jpeg);
}

static bool jpeg_decode_into(struct jpeg_decompress_struct *jpeg, struct jpeg_trouble *trouble, uint32_t height,
                             uint32_t width, uint32_t eighths, struct clip_region region, uint8_t *pixels) {
    if (setjmp(trouble->way_out)) return false;
    jpeg_read_header(jpeg, TRUE);
    if (jpeg->image_height != height || jpeg->image_width != width)
        jpeg_fail_because((j_common_ptr)jpeg, "the header contradicts itself");
    bool is_cmyk = jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;
    jpeg->out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
    jpeg->scale_num = eighths;
    jpeg->scale_denom = 8;
    jpeg_start_decompress(jpeg);
    size_t out_height = (height * (size_t)eighths + 7) / 8, out_width = (width * (size_t)eighths + 7) / 8;
    if (jpeg->output_height != out_height || jpeg->output_width != out_width ||
        jpeg->output_components != (is_cmyk ? 4 : 3))
        jpeg_fail_because((j_common_ptr)jpeg, "the rows have an unexpected length");

    if ((size_t)region.top + region.height > out_height || (size_t)region.left + region.width > out_width)
        jpeg_fail_because((j_common_ptr)jpeg, "the part is not inside the picture");
    // The scratch belongs to the library's pool, which is freed with it.
    JSAMPARRAY scratch = jpeg->mem->alloc_sarray((j_common_ptr)jpeg, JPOOL_IMAGE, (JDIMENSION)out_width * 4 + 1, 1);
    JDIMENSION left = jpeg_narrow(jpeg, region);
    jpeg_read_region(jpeg, region, left, scratch, pixels);
    jpeg_finish_decompress(jpeg);
    return true;
}

bool clip_jpeg_decode(const uint8_t *bytes, size_t count, uint32_t height, uint32_t width, uint32_t eighths,
                      struct clip_region region, uint8_t *pixels, char message[clip_message_size]) {
    struct jpeg_trouble trouble = {.message = message};
    struct jpeg_decompress_struct jpeg = {.err = jpeg_std_error(&trouble.handler)};
    trouble.handler.error_exit = jpeg_fail;
    trouble.handler.emit_message = jpeg_notice;
    trouble.handler.output_message = jpeg_print_nothing;
    if (setjmp(trouble.way_out)) {  // the library has no memory, or another version than this was compiled for
        jpeg_destroy_decompress(&jpeg);
        return false;
    }
    jpeg_create_decompress(&jpeg);
    struct jpeg_source_mgr source = {
        .next_input_byte = bytes,
        .bytes_in_buffer = count,
        .init_source = source_nothing,
        .fill_input_buffer = source_refill,
        .skip_input_data = source_skip,
        .resync_to_restart = jpeg_resync_to_restart,
        .term_source = source_nothing,
    };
    struct jpeg_progress_mgr progress = {.progress_monitor = limit_scans};
    jpeg.src = &source;
    jpeg.progress = &progress;
    bool done = jpeg_decode_into(&jpeg, &trouble, height, width, eighths, region, pixels);
    jpeg_destroy_decompress(&jpeg);
    return done;
}
