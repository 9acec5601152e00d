/* The sums that the multiplier holds on the device. */
#include "arithmetic.h"

#ifdef PORTABLE_ARITHMETIC
uint32_t moment_sum;
int64_t accumulator_sum;
#endif
