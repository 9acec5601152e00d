/* (D - A) alpha = b by preconditioned conjugate gradients in block fixed point.
 *
 * Number formats
 *   alpha      16 bits, 1.0 = 254 * 64; the answer's code 0 .. 254 is alpha / 64
 *   residual   32 bits with one shared exponent e: the true residual is residual / 2^e.
 *              After each step all are shifted so that the largest lies in 2^23 .. 2^24: seven bits
 *              above stay free for the growth a step can cause, the rest is precision.
 *   gradient   the preconditioned residual, 16 bits below 2^13, at a scale of its own each time; it
 *              lies where the product will
 *   direction  16 bits, below 2^14 so that differences of two fit 16 bits; its scale is the
 *              gradient's, divided by 2^halvings
 *   product    32 bits: the Laplacian times direction, exact
 *   step       Q16.16
 *
 * The start is alpha = 1/2 everywhere. The Laplacian of a constant is zero, so the first residual
 * needs no product, and unknown pixels that no chain of edges ties to a known one keep 1/2: the
 * system says nothing about them.
 */
#include "arithmetic.h"
#include "matting.h"
#include "shift.h"

enum {
    ALPHA_SHIFT = 6,
    HALF = 127 << ALPHA_SHIFT,
    RESIDUAL_BITS = 24,
    GRADIENT_BITS = 13,
    DIRECTION_LIMIT = 1 << 14,
    BETA_BITS = 13,
    NO_RESIDUAL = 127
};

/* mantissa * 2^exponent, mantissa 0 or in 2^30 .. 2^31. */
struct scaled {
    uint32_t mantissa;
    int16_t exponent;
};

struct progress {
    struct scaled energy;                 /* residual . gradient */
    int16_t exponent;                     /* of the residual */
    uint16_t largest_direction;           /* all bits any direction's magnitude has */
    uint8_t halvings;
};

static struct scaled normalised(struct wide sum)
{
    struct scaled result = {0, 0};
    uint8_t top = 3;
    if (sum.word[3] & 0x8000)
        return result;                    /* a negative energy is rounding about zero */
    while (top > 1 && sum.word[top] == 0)
        top--;
    result.mantissa = ((uint32_t)sum.word[top] << 16) | sum.word[top - 1];
    result.exponent = (int16_t)((top - 1) * 16);
    if (result.mantissa == 0)
        return result;
    if (result.mantissa & 0x80000000u) {
        result.mantissa >>= 1;
        result.exponent++;
    }
    for (; result.mantissa < 0x40000000u; result.exponent--)
        result.mantissa <<= 1;
    return result;
}

/* over / under * 2^fraction_bits, at most 2^31 - 1; the quotient carries 15 bits. */
static int32_t ratio(struct scaled over, struct scaled under, int16_t fraction_bits)
{
    uint32_t quotient = over.mantissa / (under.mantissa >> 15);
    int16_t shift = (int16_t)(over.exponent - under.exponent - 15 + fraction_bits);
    if (quotient == 0 || shift < -16)
        return 0;
    if (shift >= 14)
        return INT32_MAX;
    return (int32_t)(shift >= 0 ? quotient << shift : quotient >> -shift);
}

/* b holds weight times code: b * 64 is weight times alpha, from which anchor / 2 is taken. */
static void start_at_half(void)
{
    int32_t *residual = longs_at(job.at.residual);
    const uint16_t *anchor = words_at(job.at.anchor);
    int16_t *alpha = integers_at(job.at.alpha);
    for (uint8_t i = 0; i < job.unknown; i++) {
        residual[i] = residual[i] * (1 << ALPHA_SHIFT) - multiply_signed((int16_t)anchor[i], HALF);
        alpha[i] = HALF;
    }
}

/* Shifts all residuals so that the largest lies in 2^23 .. 2^24; returns the shift (left > 0).
 * No residual at all returns NO_RESIDUAL. */
static int8_t normalise_residual(void)
{
    int8_t shift;
    uint32_t bits = magnitude_bits(longs_at(job.at.residual));
    if (bits == 0)
        return NO_RESIDUAL;
    shift = (int8_t)(RESIDUAL_BITS - bit_length(bits));
    if (shift)
        shift_all(longs_at(job.at.residual), shift);
    return shift;
}

/* Turns product, 32 bits, into 16-bit numbers below 2^13 in its first half. */
static void store_gradient(void)
{
    const int32_t *product = longs_at(job.at.product);
    int16_t *gradient = integers_at(job.at.product);
    int8_t shift = (int8_t)(GRADIENT_BITS - bit_length(magnitude_bits(product)));
    int32_t power = power_of_two(shift);
    for (uint8_t i = 0; i < job.unknown; i++)
        gradient[i] = (int16_t)multiply_q16(product[i], power);
}

static struct scaled residual_energy(void)
{
    const int32_t *residual = longs_at(job.at.residual);
    const int16_t *gradient = integers_at(job.at.product);
    accumulator_clear();
    for (uint8_t i = 0; i < job.unknown; i++)
        accumulate(residual[i], gradient[i]);
    return normalised(accumulator_read());
}

/* direction = gradient + beta * direction, all halved as often as it takes to stay below 2^14. */
static void turn_direction(struct progress *progress, int16_t beta)
{
    const int16_t *gradient = integers_at(job.at.product);
    int16_t *direction = integers_at(job.at.direction);
    uint32_t bound = (1 << GRADIENT_BITS) + 1
        + (multiply_unsigned(progress->largest_direction, (uint16_t)beta) >> BETA_BITS);
    uint8_t halvings = 0;
    uint16_t bits = 0;
    for (; bound >= DIRECTION_LIMIT; bound >>= 1)
        halvings++;
    beta = (int16_t)(beta >> halvings);
    for (uint8_t i = 0; i < job.unknown; i++) {
        int16_t value = gradient[i];
        for (uint8_t h = halvings; h; h--)
            value >>= 1;
        value = (int16_t)(value + (multiply_signed(direction[i], beta) >> BETA_BITS));
        direction[i] = value;
        bits |= (uint16_t)(value < 0 ? -value : value);
    }
    progress->largest_direction = bits;
    progress->halvings = halvings;
}

/* product = (D - A) direction, edge by edge: each adds w (p_i - p_j) to i and takes it from j. */
static void multiply_laplacian(void)
{
    const int16_t *direction = integers_at(job.at.direction);
    const uint16_t *anchor = words_at(job.at.anchor);
    const uint8_t *other = bytes_at(job.at.edges), *weight = bytes_at(job.at.weights);
    const uint8_t *rows = bytes_at(job.at.rows);
    int32_t *product = longs_at(job.at.product);
    for (uint8_t i = 0; i < job.unknown; i++)
        product[i] = multiply_signed((int16_t)anchor[i], direction[i]);
    for (uint8_t i = 0; i < job.unknown; i++) {
        int16_t own = direction[i];
        int32_t sum = product[i];
        for (uint8_t k = (uint8_t)((rows[i] & 15) + (rows[i] >> 4)); k; k--) {
            uint8_t j = *other++;
            int32_t flow = multiply_signed((int16_t)(own - direction[j]), *weight++);
            sum += flow;
            product[j] -= flow;
        }
        product[i] = sum;
    }
}

static struct scaled direction_energy(void)
{
    const int32_t *product = longs_at(job.at.product);
    const int16_t *direction = integers_at(job.at.direction);
    accumulator_clear();
    for (uint8_t i = 0; i < job.unknown; i++)
        accumulate(product[i], direction[i]);
    return normalised(accumulator_read());
}

/* alpha += step * direction / 2^exponent and residual -= step * product; false if alpha left
 * -2 .. 2 or a residual came near 2^31. */
static uint8_t take_step(int32_t step, int16_t exponent)
{
    int32_t *residual = longs_at(job.at.residual);
    const int32_t *product = longs_at(job.at.product);
    const int16_t *direction = integers_at(job.at.direction);
    int16_t *alpha = integers_at(job.at.alpha);
    int32_t alpha_step = step;
    uint32_t bits = 0;
    for (; exponent > 0; exponent--)
        alpha_step = (alpha_step + 1) >> 1;
    for (; exponent < 0; exponent++)
        alpha_step = (int32_t)((uint32_t)alpha_step << 1);
    for (uint8_t i = 0; i < job.unknown; i++) {
        int32_t moved = alpha[i] + ((multiply_q16(alpha_step, 2 * (int32_t)direction[i]) + 1) >> 1);
        if (moved != (int16_t)moved)
            return 0;
        alpha[i] = (int16_t)moved;
        residual[i] -= multiply_q16(product[i], step);
        bits |= magnitude(residual[i]);
    }
    return bits < 0x40000000u;
}

/* One step of conjugate gradients. `shift` is how far the residual was rescaled since the last. */
static enum status iterate(struct progress *progress, int8_t shift)
{
    struct scaled energy, curvature, previous = progress->energy;
    int32_t beta = 0, step;
    precondition();
    store_gradient();
    energy = residual_energy();
    if (job.iterations > 0 && previous.mantissa) {
        beta = ratio(energy, previous, (int16_t)(BETA_BITS + progress->halvings - shift));
        if (beta > INT16_MAX)
            beta = INT16_MAX;
    }
    turn_direction(progress, (int16_t)beta);
    multiply_laplacian();
    curvature = direction_energy();
    progress->energy = energy;
    if (energy.mantissa == 0 || curvature.mantissa == 0)
        return STATUS_DIVERGED;
    step = ratio(energy, curvature, (int16_t)(16 - progress->halvings));
    return take_step(step, progress->exponent) ? STATUS_OK : STATUS_DIVERGED;
}

enum status solve_alpha(void)
{
    struct progress progress = {{0, 0}, 0, 0, 0};
    if (factorise() != STATUS_OK)
        return STATUS_DEGREE;
    start_at_half();
    for (uint8_t i = 0; i < job.unknown; i++)
        integers_at(job.at.direction)[i] = 0;
    for (;;) {
        int8_t shift = normalise_residual();
        enum status status;
        if (shift == NO_RESIDUAL) {
            job.residual_exponent = 0;
            return STATUS_OK;
        }
        progress.exponent = (int16_t)(progress.exponent + shift);
        job.residual_exponent = (int8_t)(RESIDUAL_BITS - progress.exponent);
        if (job.residual_exponent <= (int8_t)job.residual_bits)
            return STATUS_OK;
        if (job.iterations == job.max_iterations)
            return STATUS_UNCONVERGED;
        status = iterate(&progress, shift);
        if (status != STATUS_OK)
            return status;
        job.iterations++;
    }
}

uint8_t solved_code(uint16_t rank)
{
    int16_t alpha = (int16_t)(integers_at(job.at.alpha)[rank] + (1 << (ALPHA_SHIFT - 1)));
    if (alpha < 0)
        return 0;
    alpha >>= ALPHA_SHIFT;
    return alpha > ALPHA_ONE ? ALPHA_ONE : (uint8_t)alpha;
}
