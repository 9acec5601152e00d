/* What the outside calls: load, run, look. Built to WebAssembly for
 * pipeline/launchpad_simulator.py. */
#include "machine.h"
#include "peripherals.h"

#define EXPORT(name) __attribute__((export_name(#name)))

enum { RESET_VECTOR = 0xFFFE };

struct machine machine;

void stop(enum trap trap, uint16_t address)
{
    if (machine.trap != TRAP_NONE)
        return;
    machine.trap = trap;
    machine.trap_address = address;
    machine.trap_pc = machine.reg[0];
}

EXPORT(memory_address) uint8_t *memory_address(void) { return machine.memory; }
EXPORT(analogue_address) uint16_t *analogue_address(void) { return outside.analogue; }
EXPORT(to_chip_address) uint8_t *to_chip_address(void) { return outside.to_chip; }
EXPORT(from_chip_address) uint8_t *from_chip_address(void) { return outside.from_chip; }

/* Everything but FRAM starts as it does after power-up: SRAM holds noise, registers zero. */
EXPORT(reset) void reset(uint32_t noise)
{
    for (uint32_t i = 0; i < PERIPHERALS_END; i++)
        machine.memory[i] = 0;
    for (uint32_t i = SRAM_START; i < SRAM_END; i++) {
        noise = noise * 1664525u + 1013904223u;
        machine.memory[i] = (uint8_t)(noise >> 24);
    }
    for (uint8_t i = 0; i < 16; i++)
        machine.reg[i] = 0;
    machine.cycles = machine.instructions = machine.interrupts = machine.cache_misses = 0;
    machine.lowest_stack = SRAM_END;
    machine.trap = TRAP_NONE;
    outside.to_chip_head = outside.to_chip_tail = 0;
    outside.from_chip_head = outside.from_chip_tail = 0;
    outside.bytes_received = outside.bytes_sent = outside.overruns = 0;
    outside.conversions = 0;
    outside.button_pressed = 0;
    reset_peripherals();
    machine.reg[0] = load_word(RESET_VECTOR);
}

/* Runs for so many cycles, or until `bytes` wait to be read, or a trap, or the instruction at
 * `breakpoint` is next (0: none). Returns the trap. */
EXPORT(run) uint32_t run(uint64_t cycles, uint32_t bytes, uint32_t breakpoint)
{
    uint64_t end = machine.cycles + cycles;
    while (machine.cycles < end && machine.trap == TRAP_NONE
           && outside.from_chip_head - outside.from_chip_tail < bytes
           && (breakpoint == 0 || machine.reg[0] != breakpoint))
        step();
    return machine.trap;
}

/* The wires are rings: the caller writes bytes at head % size, then says how many. */
EXPORT(wire_bytes) uint32_t wire_bytes(void) { return WIRE_BYTES; }
EXPORT(to_chip_head) uint32_t to_chip_head(void) { return outside.to_chip_head; }
EXPORT(to_chip_waiting) uint32_t to_chip_waiting(void)
{
    return outside.to_chip_head - outside.to_chip_tail;
}
EXPORT(add_to_chip) void add_to_chip(uint32_t count) { outside.to_chip_head += count; }
EXPORT(from_chip_tail) uint32_t from_chip_tail(void) { return outside.from_chip_tail; }
EXPORT(from_chip_waiting) uint32_t from_chip_waiting(void)
{
    return outside.from_chip_head - outside.from_chip_tail;
}
EXPORT(take_from_chip) void take_from_chip(uint32_t count) { outside.from_chip_tail += count; }

EXPORT(set_analogue) void set_analogue(uint32_t count, uint32_t rate)
{
    outside.analogue_count = count;
    outside.analogue_rate = rate;
    outside.analogue_starts = 1;
}
EXPORT(press_button) void press_button(uint32_t pressed) { outside.button_pressed = pressed != 0; }

EXPORT(cycles) uint64_t cycles(void) { return machine.cycles; }
EXPORT(instructions) uint64_t instructions(void) { return machine.instructions; }
EXPORT(interrupts) uint64_t interrupts(void) { return machine.interrupts; }
EXPORT(cache_misses) uint64_t cache_misses(void) { return machine.cache_misses; }
EXPORT(overruns) uint64_t overruns(void) { return outside.overruns; }
EXPORT(conversions) uint32_t conversions(void) { return outside.conversions; }
EXPORT(lowest_stack) uint32_t lowest_stack(void) { return machine.lowest_stack; }
EXPORT(trap_address) uint32_t trap_address(void) { return machine.trap_address; }
EXPORT(trap_pc) uint32_t trap_pc(void) { return machine.trap_pc; }
EXPORT(reg) uint32_t reg(uint32_t index) { return machine.reg[index & 15]; }
