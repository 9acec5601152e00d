/* Exact K nearest neighbours in (two principal components, x, y), L1 distance.
 *
 * Only pixels whose alpha is not in the trimap ask for neighbours: the unknown ones, and those an
 * earlier job solved, since their choice ties an unknown as much as its own does (A = W + W').
 * The search walks outward in space; once the step alone is farther than the K-th best, it stops.
 */
#include "arithmetic.h"
#include "matting.h"

enum { EMPTY_SLOT = 255, NO_LIMIT = 0xFFFF };

struct nearest {
    uint16_t pixel[MAX_NEIGHBOURS];
    uint16_t distance[MAX_NEIGHBOURS];   /* ascending; equal distances keep the order of the walk */
    uint16_t limit;                      /* a candidate must be nearer than this */
    uint8_t count;
};

static struct nearest nearest;

static void insert(uint16_t pixel, uint16_t distance)
{
    uint8_t k = nearest.count;
    if (k < job.neighbours)
        nearest.count++;
    else
        k--;
    for (; k && nearest.distance[k - 1] > distance; k--) {
        nearest.distance[k] = nearest.distance[k - 1];
        nearest.pixel[k] = nearest.pixel[k - 1];
    }
    nearest.distance[k] = distance;
    nearest.pixel[k] = pixel;
    if (nearest.count == job.neighbours)
        nearest.limit = nearest.distance[nearest.count - 1];
}

/* Tries the pixels of one row, from column x outward, left before right. `distance` is what the
 * rows between already cost; the centre of the row is tried unless it is the asking pixel. */
static void search_row(uint16_t row_start, uint16_t x, uint16_t distance,
                       const uint8_t *own, uint8_t is_own_row)
{
    uint16_t left = x, right = (uint16_t)(job.width - 1 - x);
    uint16_t before = (uint16_t)(row_start + x), after = before;
    const uint8_t *feature_before = bytes_at(job.at.features) + 2 * before;
    const uint8_t *feature_after = feature_before;
    uint16_t candidate;
    if (!is_own_row) {
        candidate = (uint16_t)(distance + colour_distance(feature_before, own));
        if (candidate < nearest.limit)
            insert(before, candidate);
    }
    while (left | right) {
        distance = (uint16_t)(distance + job.spatial);
        if (distance >= nearest.limit)
            return;
        if (left) {
            left--;
            before--;
            feature_before -= 2;
            candidate = (uint16_t)(distance + colour_distance(feature_before, own));
            if (candidate < nearest.limit)
                insert(before, candidate);
        }
        if (right) {
            right--;
            after++;
            feature_after += 2;
            candidate = (uint16_t)(distance + colour_distance(feature_after, own));
            if (candidate < nearest.limit)
                insert(after, candidate);
        }
    }
}

static void search_around(uint16_t x, uint16_t y)
{
    uint16_t start = (uint16_t)multiply_unsigned(y, job.width), above = start, below = start;
    const uint8_t *own = bytes_at(job.at.features) + 2 * (start + x);
    uint16_t distance = 0;
    nearest.count = 0;
    nearest.limit = NO_LIMIT;
    search_row(start, x, 0, own, 1);
    for (uint16_t step = 1; step < job.height; step++) {
        distance = (uint16_t)(distance + job.spatial);
        if (distance >= nearest.limit)
            return;
        above = (uint16_t)(above - job.width);
        below = (uint16_t)(below + job.width);
        if (step <= y)
            search_row(above, x, distance, own, 0);
        if (y + step < job.height)
            search_row(below, x, distance, own, 0);
    }
}

/* ranks[i / 8] counts the unknown pixels before pixel i & ~7. */
static void count_unknown(void)
{
    uint8_t *ranks = bytes_at(job.at.ranks);
    uint16_t unknown = 0;
    for (uint16_t i = 0; i < job.pixels; i++) {
        if ((i & 7) == 0)
            ranks[i >> 3] = (uint8_t)unknown;
        if (map_code(i) == ALPHA_UNKNOWN)
            unknown++;
    }
    job.unknown = unknown;
}

static uint8_t rank_of(uint16_t pixel)
{
    uint8_t rank = bytes_at(job.at.ranks)[pixel >> 3];
    for (uint16_t i = (uint16_t)(pixel & ~7u); i < pixel; i++)
        if (map_code(i) == ALPHA_UNKNOWN)
            rank++;
    return rank;
}

/* Ties the unknown of this rank to a pixel of given alpha. b counts weight times code. */
static uint8_t anchor_to(uint8_t rank, uint8_t weight, uint8_t code)
{
    uint16_t *anchor = words_at(job.at.anchor) + rank;
    longs_at(job.at.residual)[rank] += (int32_t)multiply_unsigned(weight, code);
    *anchor = (uint16_t)(*anchor + weight);
    return *anchor <= 0x7FFF - 127;
}

/* Files the neighbours of one asking pixel; false if an anchor outgrew its 15 bits. */
static uint8_t file_neighbours(uint8_t own_code, uint8_t own_rank)
{
    uint8_t *slot = bytes_at(job.at.slots) + multiply_unsigned(own_rank, job.neighbours);
    for (uint8_t k = 0; k < nearest.count; k++) {
        uint8_t code = map_code(nearest.pixel[k]);
        uint8_t weight = edge_weight(nearest.distance[k]);
        uint8_t fits = 1;
        if (own_code != ALPHA_UNKNOWN) {
            if (code == ALPHA_UNKNOWN)
                fits = anchor_to(rank_of(nearest.pixel[k]), weight, own_code);
        } else if (code != ALPHA_UNKNOWN) {
            fits = anchor_to(own_rank, weight, code);
        } else {
            *slot++ = rank_of(nearest.pixel[k]);
        }
        if (!fits)
            return 0;
    }
    return 1;
}

static enum status lay_out_search(void)
{
    uint16_t after_anchor;
    job.at.ranks = (uint16_t)(job.at.features - ((job.pixels + 7) >> 3));
    count_unknown();
    job.at.residual = 0;
    job.at.anchor = (uint16_t)(4 * job.unknown);
    after_anchor = job.at.slots = (uint16_t)(6 * job.unknown);
    if (job.unknown > MAX_UNKNOWN
        || after_anchor + multiply_unsigned(job.unknown, job.neighbours) > job.at.ranks)
        return STATUS_TOO_MANY_UNKNOWN;
    return STATUS_OK;
}

enum status find_neighbours(void)
{
    uint16_t x = 0, y = 0, slots;
    uint8_t rank = 0;
    enum status status = lay_out_search();
    if (status != STATUS_OK)
        return status;
    slots = (uint16_t)multiply_unsigned(job.unknown, job.neighbours);
    for (uint16_t i = 0; i < job.at.slots; i++)
        arena[i] = 0;
    for (uint16_t i = 0; i < slots; i++)
        bytes_at(job.at.slots)[i] = EMPTY_SLOT;
    for (uint16_t i = 0; i < job.pixels; i++) {
        uint8_t code = map_code(i);
        if (code != 0 && code != ALPHA_ONE) {
            search_around(x, y);
            if (!file_neighbours(code, rank))
                return STATUS_DEGREE;
            if (code == ALPHA_UNKNOWN)
                rank++;
        }
        if (++x == job.width) {
            x = 0;
            y++;
        }
    }
    return STATUS_OK;
}
