/* Products the MSP430 has no instruction for.
 *
 * On the MSP430FR2433 they run on its MPY32 multiplier (SLAU445, chapter "32-Bit Hardware
 * Multiplier"); elsewhere, and in the Energia sketch, whose compiler uses the multiplier too, plain
 * C gives the same integers, so host and device answer byte for byte alike. No interrupt handler of
 * the firmware touches the multiplier, so nothing is saved around it; and the compiler is told that
 * there is none (-mhwmult=none), or it would put products of its own between the accesses of one of
 * ours.
 */
#ifndef DEEPMASQUE_ARITHMETIC_H
#define DEEPMASQUE_ARITHMETIC_H

#include <stdint.h>

/* A sum of products, as four 16-bit words, least significant first, two's complement. */
struct wide {
    uint16_t word[4];
};

#if defined(__MSP430__) && !defined(SOFTWARE_MULTIPLIER) && !defined(ENERGIA)

#define MULTIPLIER(offset) (*(volatile uint16_t *)(0x04C0u + (offset)))
enum {
    MPY = 0x00, MPYS = 0x02, MAC = 0x04, MACS = 0x06, OP2 = 0x08, RESLO = 0x0A, RESHI = 0x0C,
    MPYS32L = 0x14, MPYS32H = 0x16, MACS32L = 0x1C, MACS32H = 0x1E, OP2L = 0x20, OP2H = 0x22,
    RES0 = 0x24, RES1 = 0x26, RES2 = 0x28, RES3 = 0x2A
};

static inline uint32_t multiplier_result(void)
{
    uint16_t low = MULTIPLIER(RESLO);
    return ((uint32_t)MULTIPLIER(RESHI) << 16) | low;
}

static inline int32_t multiply_signed(int16_t a, int16_t b)
{
    MULTIPLIER(MPYS) = (uint16_t)a;
    MULTIPLIER(OP2) = (uint16_t)b;
    return (int32_t)multiplier_result();
}

static inline uint32_t multiply_unsigned(uint16_t a, uint16_t b)
{
    MULTIPLIER(MPY) = a;
    MULTIPLIER(OP2) = b;
    return multiplier_result();
}

/* (a0 b0 + a1 b1 + a2 b2) / 65536, rounded down; the sum must fit 32 bits. */
static inline int16_t dot3_high(int16_t a0, int16_t a1, int16_t a2, const int16_t *b)
{
    MULTIPLIER(MPYS) = (uint16_t)a0;
    MULTIPLIER(OP2) = (uint16_t)b[0];
    MULTIPLIER(MACS) = (uint16_t)a1;
    MULTIPLIER(OP2) = (uint16_t)b[1];
    MULTIPLIER(MACS) = (uint16_t)a2;
    MULTIPLIER(OP2) = (uint16_t)b[2];
    return (int16_t)MULTIPLIER(RESHI);
}

static inline void moment_clear(void)
{
    MULTIPLIER(RESLO) = 0;
    MULTIPLIER(RESHI) = 0;
}

static inline void moment_add(uint8_t a, uint8_t b)
{
    MULTIPLIER(MAC) = a;
    MULTIPLIER(OP2) = b;
}

static inline uint32_t moment_read(void)
{
    return multiplier_result();
}

static inline void accumulator_clear(void)
{
    MULTIPLIER(RES0) = 0;
    MULTIPLIER(RES1) = 0;
    MULTIPLIER(RES2) = 0;
    MULTIPLIER(RES3) = 0;
}

static inline void accumulate(int32_t a, int16_t b)
{
    MULTIPLIER(MACS32L) = (uint16_t)a;
    MULTIPLIER(MACS32H) = (uint16_t)((uint32_t)a >> 16);
    MULTIPLIER(OP2) = (uint16_t)b;
}

static inline struct wide accumulator_read(void)
{
    struct wide sum;
    sum.word[0] = MULTIPLIER(RES0);      /* in this order each word is ready when it is read */
    sum.word[1] = MULTIPLIER(RES1);
    sum.word[2] = MULTIPLIER(RES2);
    sum.word[3] = MULTIPLIER(RES3);
    return sum;
}

/* a b / 65536, rounded down; the quotient must fit 32 bits. */
static inline int32_t multiply_q16(int32_t a, int32_t b)
{
    uint16_t low;
    MULTIPLIER(MPYS32L) = (uint16_t)a;
    MULTIPLIER(MPYS32H) = (uint16_t)((uint32_t)a >> 16);
    MULTIPLIER(OP2L) = (uint16_t)b;
    MULTIPLIER(OP2H) = (uint16_t)((uint32_t)b >> 16);
    low = MULTIPLIER(RES1);
    return (int32_t)(((uint32_t)MULTIPLIER(RES2) << 16) | low);
}

/* The low 32 bits of a b. */
static inline int32_t multiply_long(int32_t a, int16_t b)
{
    uint16_t low;
    MULTIPLIER(MPYS32L) = (uint16_t)a;
    MULTIPLIER(MPYS32H) = (uint16_t)((uint32_t)a >> 16);
    MULTIPLIER(OP2) = (uint16_t)b;
    low = MULTIPLIER(RES0);
    return (int32_t)(((uint32_t)MULTIPLIER(RES1) << 16) | low);
}

#elif defined(SOFTWARE_MULTIPLIER)

/* Only to run the firmware in simulators that have no multiplier: shift and add, slow, same
 * results. */
uint32_t multiply_unsigned(uint16_t a, uint16_t b);
int32_t multiply_signed(int16_t a, int16_t b);
int16_t dot3_high(int16_t a0, int16_t a1, int16_t a2, const int16_t *b);
void moment_clear(void);
void moment_add(uint8_t a, uint8_t b);
uint32_t moment_read(void);
void accumulator_clear(void);
void accumulate(int32_t a, int16_t b);
struct wide accumulator_read(void);
int32_t multiply_q16(int32_t a, int32_t b);
int32_t multiply_long(int32_t a, int16_t b);

#else
#define PORTABLE_ARITHMETIC

extern uint32_t moment_sum;
extern int64_t accumulator_sum;

static inline int32_t multiply_signed(int16_t a, int16_t b)
{
    return (int32_t)a * b;
}

static inline uint32_t multiply_unsigned(uint16_t a, uint16_t b)
{
    return (uint32_t)a * b;
}

static inline int16_t dot3_high(int16_t a0, int16_t a1, int16_t a2, const int16_t *b)
{
    return (int16_t)(((int32_t)a0 * b[0] + (int32_t)a1 * b[1] + (int32_t)a2 * b[2]) >> 16);
}

static inline void moment_clear(void)
{
    moment_sum = 0;
}

static inline void moment_add(uint8_t a, uint8_t b)
{
    moment_sum += (uint32_t)a * b;
}

static inline uint32_t moment_read(void)
{
    return moment_sum;
}

static inline void accumulator_clear(void)
{
    accumulator_sum = 0;
}

static inline void accumulate(int32_t a, int16_t b)
{
    accumulator_sum += (int64_t)a * b;
}

static inline struct wide accumulator_read(void)
{
    struct wide sum;
    for (uint8_t i = 0; i < 4; i++)
        sum.word[i] = (uint16_t)((uint64_t)accumulator_sum >> (16 * i));
    return sum;
}

static inline int32_t multiply_q16(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b) >> 16);
}

static inline int32_t multiply_long(int32_t a, int16_t b)
{
    return (int32_t)((uint32_t)a * (uint32_t)(int32_t)b);
}

#endif
#endif
