/* KNN matting of one small image in one fixed block of memory.
 *
 * The image is a line of up to 800 pixels (a column of a photo, a signal) or a tile of as many.
 * Four phases share one arena; none allocates, none uses floating point:
 *
 *   project_pixels   RGB -> two principal components                     (projection.c)
 *   find_neighbours  exact K nearest neighbours of every free pixel     (neighbours.c)
 *   merge_edges      the symmetric graph A = W + W', known pixels out    (graph.c)
 *   solve_alpha      (D - A) alpha = b by conjugate gradients            (solver.c)
 *
 * Source of the method: Chen, Li, Tang, "KNN Matting", CVPR 2012.
 *
 * Map codes, one per pixel: what is known of its alpha before the solve.
 *   0 .. 254  alpha = code / 254; 0 and 254 are the trimap's background and foreground,
 *             1 .. 253 a pixel that an earlier job solved and this one only borrows
 *   255       unknown: this job solves for it
 * On the wire and in the arena a map has 8 bits a pixel (these codes) or 2 (0, 1 -> 254, 3 -> 255).
 */
#ifndef DEEPMASQUE_MATTING_H
#define DEEPMASQUE_MATTING_H

#include <stdint.h>

/* The arena is bytes, words and longs by turns. Clang has no such pragma: build with the flag. */
#if defined(__GNUC__) && !defined(__clang__) && !defined(__cplusplus)
#pragma GCC optimize ("no-strict-aliasing")
#endif

#ifdef ENERGIA
#define ARENA_BYTES 3200u            /* Energia's Serial and its stack need more */
#else
#define ARENA_BYTES 3768u            /* what 4096 bytes leave beside statics and stack */
#endif

enum {
    MAX_PIXELS = 800,
    MIN_PIXELS = 8,
    MAX_NEIGHBOURS = 10,
    MAX_SPATIAL = 64,                /* 800 steps of 64 plus 3060 of colour fit 16 bits */
    SCRATCH_BYTES = 84,              /* of the arena, before the pixels, while they are projected */
    MAX_UNKNOWN = 250,               /* a rank is a byte and 255 marks an empty slot */
    ALPHA_ONE = 254,
    ALPHA_UNKNOWN = 255
};

enum status {
    STATUS_OK = 0,
    STATUS_BAD_JOB = 1,              /* a parameter or the length is out of range */
    STATUS_TOO_MANY_PIXELS = 2,      /* the pixels and map do not fit the arena */
    STATUS_TOO_MANY_UNKNOWN = 3,     /* the neighbour search does not fit */
    STATUS_TOO_MANY_EDGES = 4,       /* the merged graph leaves no room for the solver */
    STATUS_DEGREE = 5,               /* the weights at one pixel sum to more than 16 bits hold */
    STATUS_UNCONVERGED = 6,          /* the iteration limit came first */
    STATUS_DIVERGED = 7              /* a fixed-point range was left */
};

/* Where things lie, as byte offsets into the arena. Regions of different phases overlap.
 * Written by the phase that first knows them; `unknown` = u, `neighbours` = K, `edges` = E:
 *
 *   receive     [ ...                                   pixels 3n          | map ]
 *   project     [ scratch | ...                              features 2n   | map ]
 *   search      [ b 4u | anchor 2u | slots Ku | ...  ranks n/8 | features  | map ]
 *   merge       [ b | anchor | slots Ku | weights Ku | rows u ... positions 2u | features 2u | map ]
 *   solve       [ r | anchor | edges E | weights E | rows u | product 4u | pivots 2u
 *                 | direction 2u | alpha 2u ]     where r, the residual, starts as b
 */
struct arena_map {
    uint16_t map, pixels, features, ranks;
    uint16_t residual;               /* b, then the residual of conjugate gradients */
    uint16_t anchor;                 /* weight that ties an unknown to pixels of given alpha */
    uint16_t slots, slot_weights, slot_rows;
    uint16_t unknown_features, unknown_positions;
    uint16_t edges, weights, rows, product, pivots, direction, alpha;
    uint16_t end;                    /* first byte the solver does not use */
};

struct job {
    uint16_t width, height, pixels;
    uint8_t neighbours;              /* K, 1 .. 10 */
    uint8_t spatial;                 /* distance of one pixel step; a colour level counts 4 */
    uint8_t map_bits;                /* 2 or 8 */
    uint8_t max_iterations;
    uint8_t residual_bits;           /* converged when every residual is below 2^residual_bits */
    uint8_t axes_given;              /* use mean and axes as they are, do not compute them */
    uint8_t mean[3];
    int16_t axes[2][3];              /* unit vectors, Q15 */

    uint16_t unknown, edge_count;
    uint8_t iterations;
    int8_t residual_exponent;        /* every residual at the end is below 2^this */
    struct arena_map at;
};

extern struct job job;
extern uint8_t arena[ARENA_BYTES];

/* Checks the parameters set in `job` and lays out map and pixels. */
enum status begin_job(void);

uint16_t map_bytes(void);
uint8_t map_code(uint16_t pixel);

void project_pixels(void);
enum status find_neighbours(void);
enum status merge_edges(void);
enum status solve_alpha(void);

/* The preconditioner of solve_alpha (preconditioner.c). */
enum status factorise(void);
void precondition(void);

/* Alpha code 0 .. 254 of the unknown with this rank (they are counted in pixel order). */
uint8_t solved_code(uint16_t rank);

/* Turns `pixels` 16-bit samples at the start of the arena into the job's three-component pixels
 * (sample[i - delay], sample[i], sample[i + delay]), scaled so that the loudest fills 8 bits. */
void embed_signal(uint8_t delay);

/* Distance between two feature pairs, L1, 4 units a colour level. */
static inline uint16_t colour_distance(const uint8_t *a, const uint8_t *b)
{
    uint16_t first = a[0] > b[0] ? a[0] - b[0] : b[0] - a[0];
    uint16_t second = a[1] > b[1] ? a[1] - b[1] : b[1] - a[1];
    return (uint16_t)((2 * first + second) << 2);   /* the first component is stored halved */
}

/* Kernel 1 - distance / 2032 in 127 steps, never 0: Chen et al. section 3 with L1 for L2. */
static inline uint8_t edge_weight(uint16_t distance)
{
    distance >>= 4;
    return distance < 126 ? (uint8_t)(127 - distance) : 1;
}

/* Typed views of the arena; offsets of 16- and 32-bit regions are multiples of 2 and 4. */
static inline uint8_t *bytes_at(uint16_t offset) { return arena + offset; }
static inline uint16_t *words_at(uint16_t offset) { return (uint16_t *)(void *)(arena + offset); }
static inline int16_t *integers_at(uint16_t offset) { return (int16_t *)(void *)(arena + offset); }
static inline int32_t *longs_at(uint16_t offset) { return (int32_t *)(void *)(arena + offset); }

#endif
