/* The preconditioner: a modified incomplete factorisation without fill-in.
 *
 *     D - A  ~  (P - L) P^-1 (P - L'),   L the part of A below the diagonal, P the pivots
 *
 * Only P is new. Its pivots are chosen so that the product has the row sums of D - A: then it acts
 * on a constant exactly as the Laplacian does, and long chains of unknown pixels, which a diagonal
 * preconditioner crosses one neighbourhood an iteration, are crossed at once. Source: Gustafsson,
 * "A class of first order factorization methods", BIT 18 (1978), with a diagonal modification only
 * (Meijerink and van der Vorst 1977). With S_j the sum of A in row j to the right of the diagonal:
 *
 *     P_i = D_i - sum over j < i of A_ij S_j / P_j
 *
 * An edge (i, j) is stored once, with either end, so every sweep both gathers along the edges of a
 * row and scatters along them: to lower ranks one way, to higher ranks the other.
 *
 * Number formats: pivots are kept as their reciprocals in Q20, at most 65535, which makes the least
 * pivot 16; any positive pivots give a symmetric positive definite preconditioner.
 */
#include "arithmetic.h"
#include "matting.h"
#include "shift.h"

enum {
    PIVOT_BITS = 12,                  /* pivots and ratios are Q12 while they are computed */
    LEAST_PIVOT = 16,
    RECIPROCAL_BITS = 20
};

/* D_i and S_i, 16 bits each, into the vectors the solver does not use yet. */
static uint8_t sum_rows(uint16_t *degree, uint16_t *upper)
{
    const uint16_t *anchor = words_at(job.at.anchor);
    const uint8_t *other = bytes_at(job.at.edges), *weight = bytes_at(job.at.weights);
    const uint8_t *rows = bytes_at(job.at.rows);
    for (uint8_t i = 0; i < job.unknown; i++) {
        degree[i] = anchor[i];
        upper[i] = 0;
    }
    for (uint8_t i = 0; i < job.unknown; i++)
        for (uint8_t k = (uint8_t)((rows[i] & 15) + (rows[i] >> 4)); k; k--, other++, weight++) {
            uint8_t lower_end = *other < i ? *other : i;
            if (degree[i] > 0xFFFF - 254 || degree[*other] > 0xFFFF - 254)
                return 0;
            degree[i] = (uint16_t)(degree[i] + *weight);
            degree[*other] = (uint16_t)(degree[*other] + *weight);
            upper[lower_end] = (uint16_t)(upper[lower_end] + *weight);
        }
    return 1;
}

/* Computes all pivots in rank order. Returns STATUS_DEGREE if a row sum does not fit 16 bits. */
enum status factorise(void)
{
    uint16_t *degree = words_at(job.at.direction), *ratio = words_at(job.at.alpha);
    uint16_t *reciprocal = words_at(job.at.pivots);
    int32_t *pivot = longs_at(job.at.product);
    const uint8_t *other = bytes_at(job.at.edges), *weight = bytes_at(job.at.weights);
    const uint8_t *rows = bytes_at(job.at.rows);
    if (!sum_rows(degree, ratio))
        return STATUS_DEGREE;
    for (uint8_t i = 0; i < job.unknown; i++)
        pivot[i] = (int32_t)((uint32_t)degree[i] << PIVOT_BITS);
    for (uint8_t i = 0; i < job.unknown; i++) {
        int32_t own = pivot[i];
        for (uint8_t k = rows[i] & 15; k; k--)
            own -= (int32_t)multiply_unsigned(*weight++, ratio[*other++]);
        if (own < (int32_t)LEAST_PIVOT << PIVOT_BITS)
            own = (int32_t)LEAST_PIVOT << PIVOT_BITS;
        reciprocal[i] = (uint16_t)(0xFFFFFFFFu / (uint32_t)own);
        ratio[i] = (uint16_t)(multiply_unsigned(ratio[i], reciprocal[i])
                              >> (RECIPROCAL_BITS - PIVOT_BITS));
        for (uint8_t k = rows[i] >> 4; k; k--)
            pivot[*other++] -= (int32_t)multiply_unsigned(*weight++, ratio[i]);
    }
    return STATUS_OK;
}

static int32_t over_pivot(int32_t value, uint16_t reciprocal)
{
    return multiply_q16(value, reciprocal) >> (RECIPROCAL_BITS - 16);
}

/* Solves (P - L) P^-1 w = residual / 2 in place of product. What flows into a row flows out of it
 * or stays, so no w exceeds the sum of all residuals: 250 * 2^23 < 2^31.
 * Returns the sum of |w / P| / 16, which bounds what the way back can give. */
static uint32_t sweep_forward(void)
{
    const int32_t *residual = longs_at(job.at.residual);
    const uint16_t *reciprocal = words_at(job.at.pivots);
    const uint8_t *other = bytes_at(job.at.edges), *weight = bytes_at(job.at.weights);
    const uint8_t *rows = bytes_at(job.at.rows);
    int32_t *flow = longs_at(job.at.product);
    uint32_t bound = 0;
    for (uint8_t i = 0; i < job.unknown; i++)
        flow[i] = residual[i] >> 1;
    for (uint8_t i = 0; i < job.unknown; i++) {
        int32_t own = flow[i], share;
        for (uint8_t k = rows[i] & 15; k; k--) {
            uint8_t j = *other++;
            own += multiply_long(over_pivot(flow[j], reciprocal[j]), *weight++);
        }
        flow[i] = own;
        share = over_pivot(own, reciprocal[i]);
        bound += magnitude(share) >> 4;
        for (uint8_t k = rows[i] >> 4; k; k--)
            flow[*other++] += multiply_long(share, *weight++);
    }
    return bound;
}

/* Solves (P - L') z = w in place, last rank first. */
static void sweep_back(void)
{
    const uint16_t *reciprocal = words_at(job.at.pivots);
    const uint8_t *other = bytes_at(job.at.edges) + job.edge_count;
    const uint8_t *weight = bytes_at(job.at.weights) + job.edge_count;
    const uint8_t *rows = bytes_at(job.at.rows);
    int32_t *flow = longs_at(job.at.product);
    for (uint8_t i = (uint8_t)job.unknown; i--;) {
        int32_t own = flow[i];
        for (uint8_t k = rows[i] >> 4; k; k--)
            own += multiply_long(flow[*--other], *--weight);
        own = over_pivot(own, reciprocal[i]);
        flow[i] = own;
        for (uint8_t k = rows[i] & 15; k; k--)
            flow[*--other] += multiply_long(own, *--weight);
    }
}

/* The largest pivot has at most this many bits. */
static uint8_t pivot_bits(void)
{
    const uint16_t *reciprocal = words_at(job.at.pivots);
    uint16_t least = 0xFFFF;
    for (uint8_t i = 0; i < job.unknown; i++)
        if (reciprocal[i] < least)
            least = reciprocal[i];
    return (uint8_t)(RECIPROCAL_BITS + 1 - bit_length(least));
}

/* Product = preconditioned residual, scaled by some power of two so that no sum on the way exceeds
 * 31 bits: on the way back no z exceeds the bound, and no sum the largest pivot times it. */
void precondition(void)
{
    uint8_t bits = (uint8_t)(bit_length(sweep_forward()) + 4 + pivot_bits());
    if (bits > 30)
        shift_all(longs_at(job.at.product), (int8_t)(30 - bits));
    sweep_back();
}
