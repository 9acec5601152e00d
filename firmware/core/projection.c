/* Two principal components of the pixels: "projected onto 2 PCA vectors" in three bytes a pixel. */
#include "arithmetic.h"
#include "matting.h"

enum { POWER_ITERATIONS = 24 };

/* A symmetric 3x3 matrix as its upper triangle: 00 01 02 11 12 22. */
static const uint8_t ENTRY[3][3] = {{0, 1, 2}, {1, 3, 4}, {2, 4, 5}};
static const uint8_t ROW[6] = {0, 0, 0, 1, 1, 2};
static const uint8_t COLUMN[6] = {0, 1, 2, 1, 2, 2};

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

static int32_t magnitude(int32_t value)
{
    return value < 0 ? -value : value;
}

static int32_t largest(const int32_t *values, uint8_t count)
{
    int32_t most = 0;
    while (count--)
        if (magnitude(values[count]) > most)
            most = magnitude(values[count]);
    return most;
}

/* Scales all values by one power of two so that the largest lies in 2^13 .. 2^14; zeros stay. */
static void scale_to_14_bits(const int32_t *values, int16_t *scaled, uint8_t count)
{
    int32_t most = largest(values, count);
    int8_t shift = 0;
    if (most)
        for (; most >= 0x4000; most >>= 1)
            shift++;
    if (most)
        for (; most < 0x2000; most <<= 1)
            shift--;
    while (count--)
        scaled[count] = (int16_t)(shift >= 0 ? values[count] >> shift
                                             : (int32_t)((uint32_t)values[count] << -shift));
}

/* Sum over the pixels of (a - mean a)(b - mean b), scaled to 14 bits.
 * About an integer mean m: sum ab - ma sum b - mb sum a + n ma mb, which stays below 2^26. */
static void covariance(int16_t *matrix)
{
    uint32_t sum[3];
    int32_t exact[6];
    for (uint8_t c = 0; c < 3; c++) {
        sum[c] = channel_sum(c);
        job.mean[c] = (uint8_t)(sum[c] / job.pixels);
    }
    for (uint8_t e = 0; e < 6; e++) {
        uint8_t a = ROW[e], b = COLUMN[e];
        exact[e] = (int32_t)(moment(a, b) - job.mean[a] * sum[b] - job.mean[b] * sum[a]
                             + (uint32_t)job.pixels * multiply_unsigned(job.mean[a], job.mean[b]));
    }
    scale_to_14_bits(exact, matrix, 6);
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

static void multiply_matrix(const int16_t *matrix, const int16_t *vector, int32_t *product)
{
    for (uint8_t row = 0; row < 3; row++) {
        product[row] = 0;
        for (uint8_t column = 0; column < 3; column++)
            product[row] += multiply_signed(matrix[ENTRY[row][column]], vector[column]) >> 1;
    }
}

/* The eigenvector of the largest eigenvalue as a unit vector in Q15; zero for a zero matrix.
 * Starting at the column of the largest diagonal entry, it is never orthogonal to the answer. */
static void principal_axis(const int16_t *matrix, int16_t *axis)
{
    int16_t vector[3] = {0, 0, 0};
    int32_t product[3];
    uint16_t length;
    uint8_t start = matrix[0] >= matrix[3] ? 0 : 3;
    if (matrix[5] > matrix[start])
        start = 5;
    vector[ROW[start]] = 0x3FFF;
    for (uint8_t i = 0; i < POWER_ITERATIONS; i++) {
        multiply_matrix(matrix, vector, product);
        scale_to_14_bits(product, vector, 3);
    }
    length = square_root((uint32_t)multiply_signed(vector[0], vector[0])
                         + (uint32_t)multiply_signed(vector[1], vector[1])
                         + (uint32_t)multiply_signed(vector[2], vector[2]));
    for (uint8_t c = 0; c < 3; c++)
        axis[c] = (int16_t)(length ? (int32_t)vector[c] * 32767 / (int32_t)length : 0);
}

/* Takes lambda axis axis' out of the matrix, so that its next axis is the second of the whole. */
static void deflate(int16_t *matrix, const int16_t *axis)
{
    int16_t image[3], lambda;
    for (uint8_t row = 0; row < 3; row++)
        image[row] = (int16_t)(2 * dot3_high(matrix[ENTRY[row][0]], matrix[ENTRY[row][1]],
                                             matrix[ENTRY[row][2]], axis));
    lambda = (int16_t)(2 * dot3_high(image[0], image[1], image[2], axis));
    for (uint8_t e = 0; e < 6; e++) {
        int16_t outer = (int16_t)(multiply_signed(axis[ROW[e]], axis[COLUMN[e]]) >> 15);
        matrix[e] = (int16_t)(matrix[e] - (multiply_signed(lambda, outer) >> 15));
    }
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
        int16_t red, green, blue;
        pixel -= 3;
        feature -= 2;
        red = (int16_t)((pixel[0] - job.mean[0]) * 2);
        green = (int16_t)((pixel[1] - job.mean[1]) * 2);
        blue = (int16_t)((pixel[2] - job.mean[2]) * 2);
        feature[0] = clamp_to_byte((int16_t)((dot3_high(red, green, blue, job.axes[0]) >> 1) + 128));
        feature[1] = clamp_to_byte((int16_t)(dot3_high(red, green, blue, job.axes[1]) + 128));
    }
}

void project_pixels(void)
{
    if (!job.axes_given) {
        int16_t matrix[6];
        covariance(matrix);
        principal_axis(matrix, job.axes[0]);
        deflate(matrix, job.axes[0]);
        principal_axis(matrix, job.axes[1]);
    }
    write_features();
}
