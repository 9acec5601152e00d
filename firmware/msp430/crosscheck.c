/* One job without any peripheral, to run in a second simulator: see
 * tests/firmware/test_simulator.py.
 *
 * Built with SOFTWARE_MULTIPLIER, since mspdebug's simulator has no MPY32. The column is made here
 * by a linear congruential generator; when main returns, start.S stops at `stopped`.
 */
#include "arithmetic.h"
#include "matting.h"

enum { PIXELS = 120, FIRST_UNKNOWN = 50, LAST_UNKNOWN = 79 };

volatile uint16_t timer_overflows;       /* start.S counts it; no timer runs here */
uint16_t digest;                         /* of the alpha codes, in order */
uint8_t outcome;

static struct wide accumulator;
static uint32_t moments;

uint32_t multiply_unsigned(uint16_t a, uint16_t b)
{
    uint32_t product = 0, shifted = a;
    for (; b; b >>= 1, shifted <<= 1)
        if (b & 1)
            product += shifted;
    return product;
}

int32_t multiply_signed(int16_t a, int16_t b)
{
    uint32_t product = multiply_unsigned((uint16_t)(a < 0 ? -a : a), (uint16_t)(b < 0 ? -b : b));
    return (int32_t)((a < 0) != (b < 0) ? 0u - product : product);
}

int16_t dot3_high(int16_t a0, int16_t a1, int16_t a2, const int16_t *b)
{
    int32_t sum = multiply_signed(a0, b[0]) + multiply_signed(a1, b[1]) + multiply_signed(a2, b[2]);
    return (int16_t)(sum >> 16);
}

void moment_clear(void)
{
    moments = 0;
}

void moment_add(uint8_t a, uint8_t b)
{
    moments += multiply_unsigned(a, b);
}

uint32_t moment_read(void)
{
    return moments;
}

void accumulator_clear(void)
{
    for (uint8_t i = 0; i < 4; i++)
        accumulator.word[i] = 0;
}

/* Adds value << (16 * word), sign extended, to the accumulator. */
static void add_wide(int32_t value, uint8_t word)
{
    uint16_t parts[2] = {(uint16_t)value, (uint16_t)((uint32_t)value >> 16)};
    uint32_t carry = 0;
    for (uint8_t i = word; i < 4; i++) {
        uint8_t part = (uint8_t)(i - word);
        carry += accumulator.word[i];
        carry += part < 2 ? parts[part] : value < 0 ? 0xFFFFu : 0u;
        accumulator.word[i] = (uint16_t)carry;
        carry >>= 16;
    }
}

static void add_product(int32_t a, int16_t b)
{
    uint16_t low = (uint16_t)a, size = (uint16_t)(b < 0 ? -b : b);
    uint32_t product = multiply_unsigned(low, size);
    if (b < 0) {
        add_wide((int32_t)(0u - (product & 0xFFFF)), 0);
        add_wide(-(int32_t)(product >> 16), 1);
    } else {
        add_wide((int32_t)(product & 0xFFFF), 0);
        add_wide((int32_t)(product >> 16), 1);
    }
    add_wide(multiply_signed((int16_t)((uint32_t)a >> 16), b), 1);
}

void accumulate(int32_t a, int16_t b)
{
    add_product(a, b);
}

struct wide accumulator_read(void)
{
    return accumulator;
}

int32_t multiply_long(int32_t a, int16_t b)
{
    struct wide kept = accumulator;
    int32_t result;
    accumulator_clear();
    add_product(a, b);
    result = (int32_t)((uint32_t)accumulator.word[1] << 16 | accumulator.word[0]);
    accumulator = kept;
    return result;
}

/* b in two 15-bit halves, so that each is a signed 16-bit factor. */
int32_t multiply_q16(int32_t a, int32_t b)
{
    struct wide kept = accumulator;
    int32_t result;
    accumulator_clear();
    add_product(a, (int16_t)(b & 0x7FFF));
    if (b & 0x8000) {
        add_product(a, 0x4000);
        add_product(a, 0x4000);
    }
    result = (int32_t)((uint32_t)accumulator.word[2] << 16 | accumulator.word[1]);
    accumulator_clear();
    add_product(a, (int16_t)((uint32_t)b >> 16));
    result += (int32_t)((uint32_t)accumulator.word[1] << 16 | accumulator.word[0]);
    accumulator = kept;
    return result;
}

static void make_column(void)
{
    uint32_t noise = 1;
    uint8_t *pixel = bytes_at(job.at.pixels), *map = bytes_at(job.at.map);
    for (uint16_t i = 0; i < 3 * PIXELS; i++) {
        noise = noise * 1664525u + 1013904223u;
        *pixel++ = (uint8_t)((i < 3 * 65 ? 60 : 150) + ((noise >> 24) & 63));
    }
    for (uint16_t i = 0; i < PIXELS; i++)
        map[i] = i < FIRST_UNKNOWN ? 0 : i > LAST_UNKNOWN ? ALPHA_ONE : ALPHA_UNKNOWN;
}

int main(void)
{
    job.width = PIXELS;
    job.height = 1;
    job.neighbours = 5;
    job.spatial = 4;
    job.map_bits = 8;
    job.max_iterations = 50;
    job.residual_bits = 9;
    outcome = (uint8_t)begin_job();
    make_column();
    project_pixels();
    if (!outcome)
        outcome = (uint8_t)find_neighbours();
    if (!outcome)
        outcome = (uint8_t)merge_edges();
    if (!outcome)
        outcome = (uint8_t)solve_alpha();
    for (uint8_t i = 0; i < LAST_UNKNOWN - FIRST_UNKNOWN + 1; i++)
        digest = (uint16_t)(digest * 31 + solved_code(i));
    return 0;
}
