#include "shift.h"

#include "arithmetic.h"
#include "matting.h"

uint32_t magnitude(int32_t value)
{
    return value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
}

uint8_t bit_length(uint32_t value)
{
    uint8_t bits = 0;
    for (; value; value >>= 1)
        bits++;
    return bits;
}

int32_t power_of_two(int8_t shift)
{
    int32_t power = 1;
    for (shift = (int8_t)(shift + 16); shift > 0; shift--)
        power = (int32_t)((uint32_t)power << 1);
    return power;
}

uint32_t magnitude_bits(const int32_t *values)
{
    uint32_t bits = 0;
    for (uint8_t i = (uint8_t)job.unknown; i; i--)
        bits |= magnitude(*values++);
    return bits;
}

void shift_all(int32_t *values, int8_t shift)
{
    int32_t power;
    for (; shift > 14; shift = (int8_t)(shift - 14))
        shift_all(values, 14);
    power = power_of_two(shift);
    for (uint8_t i = (uint8_t)job.unknown; i; i--, values++)
        *values = multiply_q16(*values, power);
}
