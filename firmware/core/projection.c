/* Two principal components of the pixels: "projected onto 2 PCA vectors" in three bytes a pixel. */
#include "arithmetic.h"
#include "matting.h"
#include "shift.h"

/* The matrix is squared five times, its 32nd power, and then applied twice more as it is: as good
 * as 34 steps of power iteration for the cost of seven. */
enum { SQUARINGS = 5, POLISHING_STEPS = 2 };

/* Scratch at the start of the arena, which the pixels leave free: the stack has no room for it. */
struct scratch {
    int32_t covariance[6];
    int32_t product[6];
    int16_t matrix[6], power[6];
    int16_t across[3], turn[3];
};

_Static_assert(sizeof(struct scratch) <= SCRATCH_BYTES, "begin_job keeps this much free");

/* A symmetric 3x3 matrix as its upper triangle: 00 01 02 11 12 22. */
static const uint8_t ENTRY[3][3] = {{0, 1, 2}, {1, 3, 4}, {2, 4, 5}};
static const uint8_t ROW[6] = {0, 0, 0, 1, 1, 2};
static const uint8_t COLUMN[6] = {0, 1, 2, 1, 2, 2};

static inline struct scratch *scratch(void)
{
    return (struct scratch *)(void *)arena;
}

static uint32_t channel_sum(uint8_t channel)
{
    const uint8_t *pixel = bytes_at(job.at.pixels) + channel;
    uint32_t sum = 0;
    for (uint16_t i = job.pixels; i; i--, pixel += 3)
        sum += *pixel;
    return sum;
}

static uint32_t moment(uint8_t first, uint8_t second)
{
    const uint8_t *pixel = bytes_at(job.at.pixels);
    moment_clear();
    for (uint16_t i = job.pixels; i; i--, pixel += 3)
        moment_add(pixel[first], pixel[second]);
    return moment_read();
}

/* Scales scratch()->product by one power of two so that the largest of `count` values lies in
 * 2^13 .. 2^14; zeros stay. */
static void scale_product(int16_t *scaled, uint8_t count)
{
    const int32_t *product = scratch()->product;
    uint32_t bits = 0;
    int32_t power;
    for (uint8_t i = 0; i < count; i++)
        bits |= magnitude(product[i]);
    power = power_of_two((int8_t)(14 - bit_length(bits)));
    for (uint8_t i = 0; i < count; i++)
        scaled[i] = (int16_t)multiply_q16(product[i], power);
}

/* Sum over the pixels of (a - mean a)(b - mean b), which is sum ab - sum a sum b / n. With
 * sum a = n ma + ra, ma the mean rounded down, every term stays below 2^26:
 * sum ab - ma sum b - mb ra - ra rb / n. */
static void find_covariance(void)
{
    uint32_t sum[3];
    uint16_t rest[3];
    for (uint8_t c = 0; c < 3; c++) {
        sum[c] = channel_sum(c);
        job.mean[c] = (uint8_t)(sum[c] / job.pixels);
        rest[c] = (uint16_t)(sum[c] - multiply_unsigned(job.mean[c], job.pixels));
    }
    for (uint8_t e = 0; e < 6; e++) {
        uint8_t a = ROW[e], b = COLUMN[e];
        scratch()->covariance[e] = (int32_t)(
            moment(a, b) - (uint32_t)multiply_long((int32_t)sum[b], job.mean[a])
            - multiply_unsigned(job.mean[b], rest[a])
            - multiply_unsigned(rest[a], rest[b]) / job.pixels);
    }
}

static uint16_t square_root(uint32_t value)
{
    uint16_t root = 0;
    for (uint16_t bit = 0x8000; bit; bit >>= 1) {
        uint16_t trial = root | bit;
        if (multiply_unsigned(trial, trial) <= value)
            root = trial;
    }
    return root;
}

/* Scales a vector of 14-bit components to unit length in Q15; zero stays. */
static void normalise(const int16_t *vector, int16_t *axis)
{
    uint32_t square = 0;
    int32_t length;
    for (uint8_t c = 0; c < 3; c++)
        square += (uint32_t)multiply_signed(vector[c], vector[c]);
    length = square_root(square);
    for (uint8_t c = 0; c < 3; c++)
        axis[c] = (int16_t)(length ? (int32_t)vector[c] * 32767 / length : 0);
}

static void multiply_matrix(const int16_t *matrix, const int16_t *vector)
{
    int32_t *product = scratch()->product;
    for (uint8_t row = 0; row < 3; row++) {
        product[row] = 0;
        for (uint8_t column = 0; column < 3; column++)
            product[row] += multiply_signed(matrix[ENTRY[row][column]], vector[column]);
    }
}

static void square_power(void)
{
    const int16_t *power = scratch()->power;
    int32_t *product = scratch()->product;
    for (uint8_t e = 0; e < 6; e++) {
        product[e] = 0;
        for (uint8_t k = 0; k < 3; k++)
            product[e] += multiply_signed(power[ENTRY[ROW[e]][k]], power[ENTRY[k][COLUMN[e]]]);
    }
    scale_product(scratch()->power, 6);
}

/* The eigenvector of scratch()->matrix with the largest eigenvalue as a unit vector in Q15; zero
 * for a zero matrix. Any column of a high power of the matrix points along it; the one with the
 * largest diagonal entry is never the zero column. */
static void principal_axis(int16_t *axis)
{
    int16_t *power = scratch()->power;
    uint8_t column = 0;
    for (uint8_t e = 0; e < 6; e++)
        power[e] = scratch()->matrix[e];
    for (uint8_t i = 0; i < SQUARINGS; i++)
        square_power();
    for (uint8_t c = 1; c < 3; c++)
        if (power[ENTRY[c][c]] > power[ENTRY[column][column]])
            column = c;
    for (uint8_t c = 0; c < 3; c++)
        axis[c] = power[ENTRY[column][c]];
    for (uint8_t i = 0; i < POLISHING_STEPS; i++) {
        multiply_matrix(scratch()->matrix, axis);
        scale_product(axis, 3);
    }
    normalise(axis, axis);
}

/* Unit vector at a right angle to two others, Q15. */
static void cross(const int16_t *a, const int16_t *b, int16_t *axis)
{
    int32_t *product = scratch()->product;
    for (uint8_t c = 0; c < 3; c++) {
        uint8_t next = c == 2 ? 0 : c + 1, last = c == 0 ? 2 : c - 1;
        product[c] = multiply_signed(a[next], b[last]) - multiply_signed(a[last], b[next]);
    }
    scale_product(axis, 3);
    normalise(axis, axis);
}

/* a' covariance b / 4, a and b in Q15. */
static int32_t quadratic_form(const int16_t *a, const int16_t *b)
{
    int32_t form = 0;
    for (uint8_t row = 0; row < 3; row++) {
        int32_t image = 0;
        for (uint8_t column = 0; column < 3; column++)
            image += multiply_q16(scratch()->covariance[ENTRY[row][column]], b[column]);
        form += multiply_q16(image, a[row]);
    }
    return form;
}

/* The second axis, found in the plane at a right angle to the first: taking the first out of the
 * matrix instead would leave rounding errors as large as a small second eigenvalue. */
static void second_axis(const int16_t *first, int16_t *second)
{
    int16_t *across = scratch()->across, *turn = scratch()->turn;
    int32_t *product = scratch()->product;
    int32_t own, mixed;
    uint8_t least = 0;
    for (uint8_t c = 1; c < 3; c++)
        if (magnitude(first[c]) < magnitude(first[least]))
            least = c;
    for (uint8_t c = 0; c < 3; c++)
        turn[c] = c == least ? INT16_MAX : 0;
    cross(first, turn, across);
    cross(first, across, second);
    own = quadratic_form(across, across);
    mixed = quadratic_form(across, second);
    product[3] = quadratic_form(second, second);
    product[0] = own;
    product[1] = mixed;
    product[2] = product[4] = product[5] = 0;
    scale_product(scratch()->matrix, 6);
    principal_axis(turn);
    for (uint8_t c = 0; c < 3; c++)
        second[c] = (int16_t)((multiply_signed(across[c], turn[0])
                               + multiply_signed(second[c], turn[1])) >> 15);
}

static void find_axes(void)
{
    find_covariance();
    for (uint8_t e = 0; e < 6; e++)
        scratch()->product[e] = scratch()->covariance[e];
    scale_product(scratch()->matrix, 6);
    principal_axis(job.axes[0]);
    second_axis(job.axes[0], job.axes[1]);
}

static uint8_t clamp_to_byte(int16_t value)
{
    if (value < 0)
        return 0;
    return value > 255 ? 255 : (uint8_t)value;
}

/* Pixels lie below their features, so going from the last to the first nothing is overwritten
 * before it is read. The first component is halved to fit a byte: 2 levels a step. */
static void write_features(void)
{
    const uint8_t *pixel = bytes_at(job.at.map);
    uint8_t *feature = bytes_at(job.at.map);
    for (uint16_t i = job.pixels; i; i--) {
        int16_t red, green, blue, halved;
        pixel -= 3;
        feature -= 2;
        red = (int16_t)((pixel[0] - job.mean[0]) * 2);
        green = (int16_t)((pixel[1] - job.mean[1]) * 2);
        blue = (int16_t)((pixel[2] - job.mean[2]) * 2);
        halved = (int16_t)(dot3_high(red, green, blue, job.axes[0]) >> 1);
        feature[0] = clamp_to_byte((int16_t)(halved + 128));
        feature[1] = clamp_to_byte((int16_t)(dot3_high(red, green, blue, job.axes[1]) + 128));
    }
}

void project_pixels(void)
{
    if (!job.axes_given)
        find_axes();
    write_features();
}
