/* MPY32, eUSCI_A0, Timer0_A3, ADC, clock and FRAM control, ports: as far as the firmware uses. */
#include "peripherals.h"

#include "machine.h"

enum {
    PM5CTL0 = 0x0130, SYSCFG2 = 0x0164, CSCTL0 = 0x0180, CSCTL1 = 0x0182, CSCTL2 = 0x0184,
    CSCTL3 = 0x0186, CSCTL4 = 0x0188, CSCTL7 = 0x018E, FRCTL0 = 0x01A0, WDTCTL = 0x01CC,
    P1IN = 0x0200, P1OUT = 0x0202, P1DIR = 0x0204, P1REN = 0x0206, P1SEL0 = 0x020A,
    TA0CTL = 0x0380, TA0R = 0x0390, TA0IV = 0x03AE,
    UCA0CTLW0 = 0x0500, UCA0BRW = 0x0506, UCA0MCTLW = 0x0508, UCA0RXBUF = 0x050C,
    UCA0TXBUF = 0x050E, UCA0IFG = 0x051C,
    ADCCTL0 = 0x0700, ADCCTL1 = 0x0702, ADCCTL2 = 0x0704, ADCMCTL0 = 0x070A, ADCMEM0 = 0x0712,
    ADCIFG = 0x071C,
    MPY = 0x04C0, MACS = 0x04C6, OP2 = 0x04C8, RESLO = 0x04CA, RESHI = 0x04CC, SUMEXT = 0x04CE,
    MPY32L = 0x04D0, MACS32H = 0x04DE, OP2L = 0x04E0, OP2H = 0x04E2, RES0 = 0x04E4, RES3 = 0x04EA
};

enum { UCSWRST = 1, UCRXIFG = 1, UCTXIFG = 2, TAIE = 2, TACLR = 4, TA_RUNNING = 0x30 };
enum { ADCENC_ADCSC = 3, ADCON = 0x10, ABSOLUTE_READ_CYCLES = 3 };

/* 16 sampling and 12 conversion clocks of the 5 MHz MODOSC, in 16 MHz cycles. */
enum { CONVERSION_CYCLES = 28 * 16 / 5, CLOCK_HZ = 15990784, TIMER_PERIOD = 65536 };

struct outside outside;

static struct {
    uint32_t first;                  /* operand 1 */
    uint16_t second_low;
    uint64_t result;
    uint64_t ready[4];               /* cycle from which each result word may be read */
    uint8_t is_signed, accumulates, first_is_long;
} multiplier;

static struct {
    uint64_t next_arrival, transmitter_free, buffer_free;
    uint8_t received, byte;
} serial;

static uint64_t timer_start, timer_wraps_seen, conversion_done, analogue_start;
static uint8_t wait_states;

void reset_peripherals(void)
{
    serial.received = 0;
    serial.next_arrival = serial.transmitter_free = serial.buffer_free = 0;
    timer_start = timer_wraps_seen = conversion_done = analogue_start = 0;
    wait_states = 0;
    multiplier.result = 0;
    store_word(UCA0CTLW0, UCSWRST);
}

uint8_t fram_wait_states(void)
{
    return wait_states;
}

/* ---- multiplier: SLAU445 table "Result Availability" (MPYFRAC = 0, MPYSAT = 0) ---- */

static void multiply(uint32_t second, uint8_t second_is_long)
{
    static const uint8_t short_by_short[4] = {3, 3, 4, 4}, long_by_short[4] = {3, 5, 6, 7};
    static const uint8_t by_long[4] = {0, 3, 5, 6};
    const uint8_t *delay = second_is_long ? by_long
        : multiplier.first_is_long ? long_by_short : short_by_short;
    int64_t a = multiplier.first, b = second;
    if (multiplier.is_signed) {
        a = multiplier.first_is_long ? (int32_t)multiplier.first : (int16_t)multiplier.first;
        b = second_is_long ? (int32_t)second : (int16_t)second;
    }
    if (multiplier.accumulates)
        multiplier.result += (uint64_t)(a * b);
    else
        multiplier.result = (uint64_t)(a * b);
    if (!second_is_long && !multiplier.first_is_long && !multiplier.is_signed)
        multiplier.result &= 0xFFFFFFFFu;
    for (uint8_t word = 0; word < 4; word++)
        multiplier.ready[word] = machine.cycles + delay[word];
}

static void write_first_operand(uint16_t address, uint16_t value)
{
    uint8_t is_long = address >= MPY32L, high = is_long && (address & 2);
    uint8_t kind = is_long ? (address - MPY32L) >> 2 : (address - MPY) >> 1;
    if (high) {
        multiplier.first = (multiplier.first & 0xFFFF) | (uint32_t)value << 16;
        return;
    }
    multiplier.first = value;
    multiplier.first_is_long = is_long;
    multiplier.is_signed = kind & 1;
    multiplier.accumulates = kind >> 1;
}

/* Instructions are charged before they write and after they read: an absolute-mode read happens in
 * the third cycle of its instruction. */
static uint16_t read_result(uint8_t word)
{
    if (machine.cycles + ABSOLUTE_READ_CYCLES < multiplier.ready[word])
        stop(TRAP_MULTIPLIER_EARLY, word);
    return (uint16_t)(multiplier.result >> (16 * word));
}

static void write_result(uint8_t word, uint16_t value)
{
    multiplier.result &= ~((uint64_t)0xFFFF << (16 * word));
    multiplier.result |= (uint64_t)value << (16 * word);
}

/* ---- serial: bytes take their time on the wire in both directions ---- */

static uint32_t byte_cycles(void)
{
    uint16_t modulation = load_word(UCA0MCTLW);
    uint32_t eighths = 8u * (16u * load_word(UCA0BRW) + ((modulation >> 4) & 15));
    for (uint16_t bits = modulation >> 8; bits; bits >>= 1)
        eighths += bits & 1;
    if (eighths == 0 || (load_word(UCA0CTLW0) & UCSWRST))
        stop(TRAP_SERIAL_SETUP, UCA0BRW);
    return 10 * eighths / 8;
}

static void receive_due(void)
{
    while (outside.to_chip_head != outside.to_chip_tail && machine.cycles >= serial.next_arrival) {
        uint32_t period = byte_cycles();
        if (serial.next_arrival + 2 * period < machine.cycles)
            serial.next_arrival = machine.cycles - period / 2;      /* the line was idle */
        if (serial.received)
            outside.overruns++;
        serial.byte = outside.to_chip[outside.to_chip_tail++ % WIRE_BYTES];
        serial.received = 1;
        serial.next_arrival += period;
        outside.bytes_received++;
    }
}

static void transmit(uint8_t byte)
{
    uint32_t period = byte_cycles();
    if (serial.transmitter_free < machine.cycles)
        serial.transmitter_free = machine.cycles;
    serial.buffer_free = serial.transmitter_free;
    serial.transmitter_free += period;
    outside.from_chip[outside.from_chip_head++ % WIRE_BYTES] = byte;
    outside.bytes_sent++;
}

static uint16_t serial_flags(void)
{
    receive_due();
    return (uint16_t)((serial.received ? UCRXIFG : 0)
                      | (machine.cycles >= serial.buffer_free ? UCTXIFG : 0));
}

/* ---- timer and converter ---- */

static uint64_t timer_wraps(void)
{
    return load_word(TA0CTL) & TA_RUNNING ? (machine.cycles - timer_start) / TIMER_PERIOD : 0;
}

uint8_t timer_interrupt_pending(void)
{
    return (load_word(TA0CTL) & TAIE) && timer_wraps() > timer_wraps_seen;
}

static uint16_t take_timer_vector(void)
{
    uint8_t pending = timer_wraps() > timer_wraps_seen;
    timer_wraps_seen = timer_wraps();
    return pending ? 0x0E : 0;
}

static uint16_t convert(void)
{
    uint64_t at;
    if (outside.analogue_count == 0)
        return 512;
    if (outside.analogue_starts) {
        outside.analogue_starts = 0;
        analogue_start = machine.cycles;
    }
    at = (machine.cycles - analogue_start) * outside.analogue_rate / CLOCK_HZ;
    return outside.analogue[at % outside.analogue_count] & 0x3FF;
}

/* ---- the register file ---- */

static uint8_t is_plain_register(uint16_t address)
{
    static const uint16_t plain[] = {
        PM5CTL0, SYSCFG2, CSCTL0, CSCTL1, CSCTL2, CSCTL3, CSCTL4, FRCTL0, WDTCTL, P1OUT, P1DIR,
        P1REN, P1SEL0, TA0CTL, UCA0CTLW0, UCA0BRW, UCA0MCTLW, ADCCTL0, ADCCTL1, ADCCTL2, ADCMCTL0
    };
    for (uint32_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (plain[i] == address)
            return 1;
    return 0;
}

uint16_t read_peripheral(uint16_t address)
{
    switch (address) {
    case P1IN: return outside.button_pressed ? 0x0000 : 0x0800;     /* P2.3, high when released */
    case CSCTL7: return 0;                                          /* locked */
    case TA0R: return (uint16_t)(machine.cycles - timer_start);
    case TA0IV: return take_timer_vector();
    case UCA0IFG: return serial_flags();
    case UCA0RXBUF: serial.received = 0; return serial.byte;
    case ADCIFG: return conversion_done && machine.cycles >= conversion_done;
    case ADCMEM0: conversion_done = 0; outside.conversions++; return convert();
    case SUMEXT: return multiplier.is_signed && (int64_t)multiplier.result < 0 ? 0xFFFF : 0;
    case RESLO: return read_result(0);
    case RESHI: return read_result(1);
    }
    if (address >= RES0 && address <= RES3)
        return read_result((uint8_t)((address - RES0) >> 1));
    if (!is_plain_register(address))
        stop(TRAP_VACANT_READ, address);
    return load_word(address);
}

static void write_special(uint16_t address, uint16_t value)
{
    switch (address) {
    case OP2: multiply(value, 0); return;
    case OP2L: multiplier.second_low = value; return;
    case OP2H: multiply(multiplier.second_low | (uint32_t)value << 16, 1); return;
    case RESLO: write_result(0, value); return;
    case RESHI: write_result(1, value); return;
    case UCA0TXBUF: transmit((uint8_t)value); return;
    }
    if ((address >= MPY && address <= MACS) || (address >= MPY32L && address <= MACS32H))
        write_first_operand(address, value);
    else if (address >= RES0 && address <= RES3)
        write_result((uint8_t)((address - RES0) >> 1), value);
    else
        stop(TRAP_VACANT_WRITE, address);
}

/* What storing to a plain register sets off. */
static void react(uint16_t address, uint16_t value)
{
    if (address == WDTCTL && value >> 8 != 0x5A)
        stop(TRAP_WATCHDOG, value);
    else if (address == FRCTL0 && value >> 8 == 0xA5)
        wait_states = (value >> 4) & 7;
    else if (address == CSCTL2 && value > 244 && wait_states == 0)
        stop(TRAP_FRAM_SPEED, value);
    else if (address == TA0CTL && (value & TACLR)) {
        store_word(TA0CTL, (uint16_t)(value & ~TACLR));
        timer_start = machine.cycles;
        timer_wraps_seen = 0;
    } else if (address == ADCCTL0 && (value & ADCON) && (value & ADCENC_ADCSC) == ADCENC_ADCSC) {
        store_word(ADCCTL0, (uint16_t)(value & ~1));
        conversion_done = machine.cycles + CONVERSION_CYCLES;
    }
}

void write_peripheral(uint16_t address, uint16_t value, uint8_t is_byte)
{
    uint16_t word = address & 0xFFFE;
    if (!is_plain_register(word)) {
        write_special(word, value);
        return;
    }
    if (is_byte)
        machine.memory[address] = (uint8_t)value;
    else
        store_word(word, value);
    react(word, load_word(word));
}
