#include "matting.h"

struct job job;
uint8_t arena[ARENA_BYTES] __attribute__((aligned(4)));

/* The longest column must fit while it is received and while it is searched: see arena_map. */
#define COLUMN_MAP_BYTES (MAX_PIXELS / 4)
#define COLUMN_RANK_BYTES (MAX_PIXELS / 8)
#define UNKNOWN_BYTES_IN_SEARCH(neighbours) (4 + 2 + (neighbours))
#define UNKNOWN_BYTES_IN_SOLVER (4 + 2 + 1 + 4 + 2 + 2 + 2)   /* and 2 an edge */

_Static_assert(ARENA_BYTES % 4 == 0, "regions are laid from both ends of the arena");
_Static_assert(sizeof(struct arena_map) == 38, "the map travels in the reply as 19 words");
#if ARENA_BYTES >= 3768u
_Static_assert(3 * MAX_PIXELS + COLUMN_MAP_BYTES + SCRATCH_BYTES <= ARENA_BYTES,
               "a column is received whole");
_Static_assert(2 * MAX_PIXELS + COLUMN_RANK_BYTES + COLUMN_MAP_BYTES
               + 150 * UNKNOWN_BYTES_IN_SEARCH(5) <= ARENA_BYTES, "150 unknowns can be searched");
_Static_assert(139 * UNKNOWN_BYTES_IN_SOLVER + 2 * 139 * 5 <= ARENA_BYTES,
               "139 unknowns can be solved even if no two chose each other");
_Static_assert(150 * UNKNOWN_BYTES_IN_SOLVER + 2 * 609 <= ARENA_BYTES,
               "150 unknowns can be solved with 609 edges; columns of photos have about 450");
#endif

uint16_t map_bytes(void)
{
    uint16_t bytes = job.map_bits == 8 ? job.pixels : (uint16_t)((job.pixels + 3) >> 2);
    return (uint16_t)((bytes + 3) & ~3u);
}

uint8_t map_code(uint16_t pixel)
{
    const uint8_t *map = bytes_at(job.at.map);
    uint8_t two_bits;
    if (job.map_bits == 8)
        return map[pixel];
    two_bits = (uint8_t)((map[pixel >> 2] >> ((pixel & 3) << 1)) & 3);
    if (two_bits >= 2)
        return ALPHA_UNKNOWN;
    return two_bits ? ALPHA_ONE : 0;
}

static uint8_t parameters_are_valid(void)
{
    return job.width >= 1 && job.height >= 1
        && job.width <= MAX_PIXELS && job.height <= MAX_PIXELS
        && job.neighbours >= 1 && job.neighbours <= MAX_NEIGHBOURS
        && job.spatial >= 1 && job.spatial <= MAX_SPATIAL
        && (job.map_bits == 2 || job.map_bits == 8)
        && job.max_iterations >= 1 && job.residual_bits >= 1 && job.residual_bits <= 22
        && job.axes_given <= 1;
}

enum status begin_job(void)
{
    uint32_t pixels = (uint32_t)job.width * job.height;
    job.unknown = job.edge_count = 0;
    job.iterations = 0;
    job.residual_exponent = 0;
    job.pixels = 0;
    if (!parameters_are_valid() || pixels < MIN_PIXELS)
        return STATUS_BAD_JOB;
    if (pixels > MAX_PIXELS)
        return STATUS_TOO_MANY_PIXELS;
    job.pixels = (uint16_t)pixels;
    if (map_bytes() + 3u * job.pixels + SCRATCH_BYTES > ARENA_BYTES)
        return STATUS_TOO_MANY_PIXELS;
    job.at.map = (uint16_t)(ARENA_BYTES - map_bytes());
    job.at.pixels = (uint16_t)(job.at.map - 3 * job.pixels);
    job.at.features = (uint16_t)(job.at.map - 2 * job.pixels);
    return STATUS_OK;
}
