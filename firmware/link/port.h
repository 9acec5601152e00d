/* What a board must offer: bytes in and out, time, two lamps, a button and a microphone. */
#ifndef DEEPMASQUE_PORT_H
#define DEEPMASQUE_PORT_H

#include <stdint.h>

enum { NO_BYTE = -1 };

enum lamp { LAMP_OFF, LAMP_WORKING, LAMP_DONE };

struct board_facts {
    uint8_t kind;                    /* 1: MSP430FR2433 bare metal, 2: Energia sketch, 3: host */
    uint32_t ticks_per_second;       /* of port_ticks; processor cycles where it can */
    uint16_t arena_address;
    uint16_t static_bytes;           /* everything in SRAM but the stack, the arena included */
};

/* The next received byte, or NO_BYTE if none came within about 100 ms. */
int16_t port_receive(void);
/* True once a byte waits. */
uint8_t port_byte_waits(void);
void port_send(uint8_t byte);
uint32_t port_ticks(void);
void port_lamp(enum lamp lamp);
/* True once for each press. */
uint8_t port_button_pressed(void);
/* Takes 10-bit samples; the period is in units of 1/8 microsecond. */
void port_record(uint16_t *samples, uint16_t count, uint16_t period);
/* Bytes between the statics and the deepest the stack has reached since reset. */
uint16_t port_stack_unused(void);
struct board_facts port_facts(void);

#endif
