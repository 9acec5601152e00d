/* A signal as an image: three samples, `delay` apart, take the place of red, green and blue. */
#include "arithmetic.h"
#include "matting.h"

static uint16_t loudest(const uint16_t *samples, uint16_t middle)
{
    uint16_t most = 1;
    for (uint16_t i = 0; i < job.pixels; i++) {
        uint16_t level = samples[i] > middle ? samples[i] - middle : middle - samples[i];
        if (level > most)
            most = level;
    }
    return most;
}

static uint16_t mean_sample(const uint16_t *samples)
{
    uint32_t sum = 0;
    for (uint16_t i = 0; i < job.pixels; i++)
        sum += samples[i];
    return (uint16_t)(sum / job.pixels);
}

/* Samples of up to 10 bits lie in words from offset 0; as bytes they draw together there. The pixels
 * may lie over those bytes: filled from the last to the first, they stay ahead of what is still to be
 * read, as they begin SCRATCH_BYTES after the first of them or later, and no delay is as long. */
void embed_signal(uint8_t delay)
{
    const uint16_t *samples = words_at(0);
    uint16_t middle = mean_sample(samples), most = loudest(samples, middle);
    uint16_t gain = (uint16_t)(32512u / most);           /* Q8: the loudest becomes 127 */
    uint8_t *level = bytes_at(0);
    for (uint16_t i = 0; i < job.pixels; i++) {
        int16_t swing = (int16_t)(samples[i] - middle);
        level[i] = (uint8_t)(128 + (multiply_signed(swing, (int16_t)gain) >> 8));
    }
    for (uint16_t i = job.pixels; i-- > 0;) {
        uint8_t *pixel = bytes_at((uint16_t)(job.at.pixels + 3 * i));
        uint16_t before = i >= delay ? i - delay : 0;
        uint16_t after = i + delay < job.pixels ? i + delay : job.pixels - 1;
        pixel[0] = level[before];
        pixel[1] = level[i];
        pixel[2] = level[after];
    }
}
