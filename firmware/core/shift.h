/* Powers of two for whole vectors. Shifting by a variable count costs the MSP430 a loop an element;
 * a product with a power of two costs the same for any count. */
#ifndef DEEPMASQUE_SHIFT_H
#define DEEPMASQUE_SHIFT_H

#include <stdint.h>

uint32_t magnitude(int32_t value);

/* Digits of the value in binary, 0 for 0. */
uint8_t bit_length(uint32_t value);

/* 2^shift in Q16, for shift from -16 to 14. */
int32_t power_of_two(int8_t shift);

/* All bits that the magnitudes of a vector of job.unknown values have. */
uint32_t magnitude_bits(const int32_t *values);

/* Multiplies a vector of job.unknown values by 2^shift, rounding down. */
void shift_all(int32_t *values, int8_t shift);

#endif
