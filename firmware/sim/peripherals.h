/* The pins and wires of the simulated chip, as the outside sees them. */
#ifndef SIMULATOR_PERIPHERALS_H
#define SIMULATOR_PERIPHERALS_H

#include <stdint.h>

enum { WIRE_BYTES = 8192, ANALOGUE_SAMPLES = 65536 };

struct outside {
    uint8_t to_chip[WIRE_BYTES], from_chip[WIRE_BYTES];
    uint32_t to_chip_head, to_chip_tail, from_chip_head, from_chip_tail;   /* run freely */
    uint64_t bytes_received, bytes_sent, overruns;
    uint16_t analogue[ANALOGUE_SAMPLES];    /* 10-bit levels at the microphone pin */
    uint32_t analogue_count, analogue_rate; /* how many, and how many a second; they repeat */
    uint8_t analogue_starts;                /* the sound begins with the next conversion */
    uint32_t conversions;
    uint8_t button_pressed;
};

extern struct outside outside;

#endif
