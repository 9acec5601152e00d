/* The symmetric graph among the unknown pixels, in two bytes an edge.
 *
 * A = W + W' (W: directed neighbour weights). If i chose j and j chose i the edge counts twice, and
 * since their distance is the same either way it is one entry of weight 2w; else one of weight w.
 * Weights are recomputed here from the features of the unknown pixels alone, after every known
 * pixel's features have been dropped: during the search there was no room for them.
 */
#include "arithmetic.h"
#include "matting.h"

enum { EMPTY_SLOT = 255 };

/* Moves the unknown pixels' features together, against the end of the map, last to first, and
 * then their pixel numbers below them. */
static void compact_unknown(void)
{
    uint8_t *feature = bytes_at(job.at.map);
    const uint8_t *source = bytes_at(job.at.map);
    uint16_t *position = words_at((uint16_t)(job.at.unknown_features));
    for (uint16_t i = job.pixels; i--;) {
        source -= 2;
        if (map_code(i) == ALPHA_UNKNOWN) {
            feature -= 2;
            feature[0] = source[0];
            feature[1] = source[1];
        }
    }
    for (uint16_t i = job.pixels; i--;)
        if (map_code(i) == ALPHA_UNKNOWN)
            *--position = i;
}

static uint16_t difference(uint16_t a, uint16_t b)
{
    return a > b ? a - b : b - a;
}

static uint8_t weight_between(uint8_t a, uint8_t b)
{
    const uint8_t *features = bytes_at(job.at.unknown_features);
    const uint16_t *positions = words_at(job.at.unknown_positions);
    uint16_t first = positions[a], second = positions[b];
    uint16_t steps = difference(first, second);
    if (job.height > 1) {
        uint16_t first_row = first / job.width, second_row = second / job.width;
        uint16_t first_start = (uint16_t)multiply_unsigned(first_row, job.width);
        uint16_t second_start = (uint16_t)multiply_unsigned(second_row, job.width);
        steps = (uint16_t)(difference(first_row, second_row)
                           + difference(first - first_start, second - second_start));
    }
    return edge_weight((uint16_t)(colour_distance(features + 2 * a, features + 2 * b)
                                  + multiply_unsigned(steps, job.spatial)));
}

/* True if `rank` chose `other` too; that slot is then emptied, the edge being stored once. */
static uint8_t take_back_edge(uint8_t rank, uint8_t other)
{
    uint8_t *slot = bytes_at(job.at.slots) + multiply_unsigned(rank, job.neighbours);
    for (uint8_t k = 0; k < job.neighbours; k++)
        if (slot[k] == other) {
            slot[k] = EMPTY_SLOT;
            return 1;
        }
    return 0;
}

/* Copies one row's slots out, edges to lower ranks first; returns how many those are. */
static uint8_t sort_row(const uint8_t *slots, uint8_t rank, uint8_t *sorted, uint8_t *count)
{
    uint8_t lower;
    *count = 0;
    for (uint8_t k = 0; k < job.neighbours; k++)
        if (slots[k] < rank)
            sorted[(*count)++] = slots[k];
    lower = *count;
    for (uint8_t k = 0; k < job.neighbours; k++)
        if (slots[k] > rank && slots[k] != EMPTY_SLOT)
            sorted[(*count)++] = slots[k];
    return lower;
}

/* Slots become edges in place: the entry written never overtakes the slot being read. A row byte
 * holds how many edges go to lower ranks, in its low half, and to higher ones, in its high half. */
static void collect_edges(void)
{
    uint8_t *edge = bytes_at(job.at.slots), *weight = bytes_at(job.at.slot_weights);
    uint8_t *rows = bytes_at(job.at.slot_rows);
    const uint8_t *slots = bytes_at(job.at.slots);
    for (uint8_t rank = 0; rank < job.unknown; rank++, slots += job.neighbours) {
        uint8_t sorted[MAX_NEIGHBOURS], count;
        uint8_t lower = sort_row(slots, rank, sorted, &count);
        for (uint8_t k = 0; k < count; k++) {
            uint8_t other = sorted[k], twice = other > rank && take_back_edge(other, rank);
            *edge++ = other;
            *weight++ = (uint8_t)(weight_between(rank, other) << twice);
        }
        rows[rank] = (uint8_t)(lower | (count - lower) << 4);
        job.edge_count += count;
    }
}

static uint16_t move_down(uint16_t source, uint16_t target, uint16_t bytes)
{
    for (uint16_t i = 0; i < bytes; i++)
        arena[target + i] = arena[source + i];
    return (uint16_t)(target + bytes);
}

static enum status lay_out_solver(void)
{
    job.at.edges = job.at.slots;
    job.at.weights = (uint16_t)(job.at.edges + job.edge_count);
    job.at.rows = move_down(job.at.slot_weights, job.at.weights, job.edge_count);
    job.at.product = move_down(job.at.slot_rows, job.at.rows, job.unknown);
    job.at.product = (uint16_t)((job.at.product + 3) & ~3u);
    job.at.pivots = (uint16_t)(job.at.product + 4 * job.unknown);
    job.at.direction = (uint16_t)(job.at.pivots + 2 * job.unknown);
    job.at.alpha = (uint16_t)(job.at.direction + 2 * job.unknown);
    job.at.end = (uint16_t)(job.at.alpha + 2 * job.unknown);
    return job.at.end <= ARENA_BYTES ? STATUS_OK : STATUS_TOO_MANY_EDGES;
}

enum status merge_edges(void)
{
    uint16_t slots = (uint16_t)multiply_unsigned(job.unknown, job.neighbours);
    job.at.unknown_features = (uint16_t)(job.at.map - 2 * job.unknown);
    job.at.unknown_positions = (uint16_t)(job.at.unknown_features - 2 * job.unknown);
    job.at.slot_weights = (uint16_t)(job.at.slots + slots);
    job.at.slot_rows = (uint16_t)(job.at.slot_weights + slots);
    if (job.at.slot_rows + job.unknown > job.at.unknown_positions
        || job.at.unknown_positions > job.at.map)
        return STATUS_TOO_MANY_UNKNOWN;
    compact_unknown();
    collect_edges();
    return lay_out_solver();
}
