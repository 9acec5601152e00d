/* A simulated MSP430FR2433: what the processor, the peripherals and the outside share.
 *
 * Sources: SLASE59 (memory map, register addresses), SLAU445 (CPUX cycle tables 4-8 to 4-10, MPY32,
 * eUSCI_A, Timer_A, ADC, FRAM controller). Anything the real chip answers with a reset, a vacant
 * memory access or an undefined value stops the simulation with a trap instead.
 */
#ifndef SIMULATOR_MACHINE_H
#define SIMULATOR_MACHINE_H

#include <stdint.h>

enum trap {
    TRAP_NONE,
    TRAP_VACANT_READ,                /* no memory or register at the address */
    TRAP_VACANT_WRITE,
    TRAP_PROTECTED_WRITE,            /* FRAM, which this firmware never writes */
    TRAP_ODD_WORD,
    TRAP_FETCH,                      /* code outside FRAM */
    TRAP_ILLEGAL_INSTRUCTION,        /* unused opcodes, and MSP430X ones, which are not built */
    TRAP_WATCHDOG,                   /* wrong password: the chip would reset */
    TRAP_MULTIPLIER_EARLY,           /* a result read before the multiplier has it */
    TRAP_FRAM_SPEED,                 /* above 8 MHz without wait states */
    TRAP_SERIAL_SETUP                /* used while held in reset or without a baud rate */
};

enum memory {
    SRAM_START = 0x2000, SRAM_END = 0x3000, FRAM_START = 0xC400, PERIPHERALS_END = 0x1000
};

struct machine {
    uint8_t memory[65536];
    uint16_t reg[16];
    uint64_t cycles, instructions, interrupts, cache_misses;
    uint16_t lowest_stack;
    enum trap trap;
    uint16_t trap_address, trap_pc;
};

extern struct machine machine;

void stop(enum trap trap, uint16_t address);

/* cpu.c */
void step(void);

/* peripherals.c */
void reset_peripherals(void);
uint16_t read_peripheral(uint16_t address);
void write_peripheral(uint16_t address, uint16_t value, uint8_t is_byte);
uint8_t fram_wait_states(void);
uint8_t timer_interrupt_pending(void);

static inline uint16_t load_word(uint16_t address)
{
    return (uint16_t)(machine.memory[address] | machine.memory[(uint16_t)(address + 1)] << 8);
}

static inline void store_word(uint16_t address, uint16_t value)
{
    machine.memory[address] = (uint8_t)value;
    machine.memory[(uint16_t)(address + 1)] = (uint8_t)(value >> 8);
}

#endif
