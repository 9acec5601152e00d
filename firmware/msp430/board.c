/* MSP430FR2433 on the MSP-EXP430FR2433 LaunchPad. Registers: SLASE59 (addresses), SLAU445 (bits).
 *
 *   P1.0 red LED, P1.1 green LED, P2.3 button S1 (pressed is low), P2.7 button S2
 *   P1.4 TXD, P1.5 RXD: eUSCI_A0, through the debugger to the host's serial port
 *   P1.3 analogue input A3 (header J1, pin 9): the microphone
 *   Timer0_A3 counts SMCLK = MCLK = 16 MHz; its overflows are counted by interrupt
 */
#include <stdint.h>

#include "matting.h"
#include "link.h"
#include "port.h"

#define WORD_REGISTER(address) (*(volatile uint16_t *)(address))
#define BYTE_REGISTER(address) (*(volatile uint8_t *)(address))

#define PM5CTL0 WORD_REGISTER(0x0130)
#define SYSCFG2 WORD_REGISTER(0x0164)
#define CSCTL0 WORD_REGISTER(0x0180)
#define CSCTL1 WORD_REGISTER(0x0182)
#define CSCTL2 WORD_REGISTER(0x0184)
#define CSCTL3 WORD_REGISTER(0x0186)
#define CSCTL4 WORD_REGISTER(0x0188)
#define CSCTL7 WORD_REGISTER(0x018E)
#define FRCTL0 WORD_REGISTER(0x01A0)
#define P2IN BYTE_REGISTER(0x0201)
#define P1OUT BYTE_REGISTER(0x0202)
#define P2OUT BYTE_REGISTER(0x0203)
#define P1DIR BYTE_REGISTER(0x0204)
#define P2REN BYTE_REGISTER(0x0207)
#define P1SEL0 BYTE_REGISTER(0x020A)
#define TA0CTL WORD_REGISTER(0x0380)
#define TA0R WORD_REGISTER(0x0390)
#define UCA0CTLW0 WORD_REGISTER(0x0500)
#define UCA0BRW WORD_REGISTER(0x0506)
#define UCA0MCTLW WORD_REGISTER(0x0508)
#define UCA0RXBUF WORD_REGISTER(0x050C)
#define UCA0TXBUF WORD_REGISTER(0x050E)
#define UCA0IFG WORD_REGISTER(0x051C)
#define ADCCTL0 WORD_REGISTER(0x0700)
#define ADCCTL1 WORD_REGISTER(0x0702)
#define ADCCTL2 WORD_REGISTER(0x0704)
#define ADCMCTL0 WORD_REGISTER(0x070A)
#define ADCMEM0 WORD_REGISTER(0x0712)
#define ADCIFG WORD_REGISTER(0x071C)

enum {
    FRCTLPW_NWAITS_1 = 0xA510,       /* one FRAM wait state, needed above 8 MHz */
    SELREF_REFO = 0x0010, DCORSEL_MASK = 0x000E, DCORSEL_16MHZ = 0x000A, FLLN_16MHZ = 487,
    FLLUNLOCK = 0x0300,
    LOCKLPM5 = 0x0001,
    UCSWRST = 0x0001, UCSSEL_SMCLK = 0x0080, UCRXIFG = 0x0001, UCTXIFG = 0x0002,
    TA_SMCLK_CONTINUOUS_CLEAR_INTERRUPT = 0x0226,
    RED_LED = 0x01, GREEN_LED = 0x02, ANALOGUE_PIN = 0x08, SERIAL_PINS = 0x30, BUTTON = 0x08,
    ADCSHT_16 = 0x0200, ADCON = 0x0010, ADCENC_ADCSC = 0x0003, ADCSHP = 0x0200,
    ADCRES_10BIT = 0x0010, ADCINCH_3 = 0x0003, ADCIFG0 = 0x0001
};

enum {
    OVERFLOWS_UNTIL_SILENCE = 25,    /* of 65536 ticks: 102 ms */
    OVERFLOWS_UNTIL_RELEASED = 12,   /* a button bounces for less than 49 ms */
    STACK_PAINT = 0xA55A
};

#define TICKS_PER_SECOND 15990784ul  /* 488 * 32768 */

extern uint16_t bss_end[];           /* fr2433.ld */
volatile uint16_t timer_overflows;
static uint16_t last_press;
static uint8_t held;

/* TI's example msp430fr243x_CS_03: wait state first, then DCO at 488 * 32768 Hz from REFO. */
static void start_clock(void)
{
    FRCTL0 = FRCTLPW_NWAITS_1;
    __asm__ volatile("bis #0x40, r2");           /* SCG0: the FLL is off while it is set up */
    CSCTL3 = SELREF_REFO;
    CSCTL0 = 0;
    CSCTL1 = (uint16_t)((CSCTL1 & ~DCORSEL_MASK) | DCORSEL_16MHZ);
    CSCTL2 = FLLN_16MHZ;
    __asm__ volatile("nop\n nop\n nop\n bic #0x40, r2");
    while (CSCTL7 & FLLUNLOCK) {
    }
    CSCTL4 = 0x0100;                             /* ACLK = REFO, MCLK = SMCLK = DCOCLKDIV */
}

/* 115200 baud from 16 MHz: 138.89 = 16 * 8 + 10.89; SLAU445, table of recommended settings. */
static void start_serial(void)
{
    UCA0CTLW0 = UCSWRST;
    UCA0CTLW0 = UCSWRST | UCSSEL_SMCLK;
    UCA0BRW = 8;
    UCA0MCTLW = 0xF7A1;                          /* UCBRS = 0xF7, UCBRF = 10, UCOS16 */
    P1SEL0 |= SERIAL_PINS;
    UCA0CTLW0 = UCSSEL_SMCLK;
}

static void start_pins(void)
{
    P1OUT &= (uint8_t)~(RED_LED | GREEN_LED);
    P1DIR |= RED_LED | GREEN_LED;
    P2REN |= BUTTON;
    P2OUT |= BUTTON;
    SYSCFG2 |= ANALOGUE_PIN;
    PM5CTL0 &= (uint16_t)~LOCKLPM5;
}

static void start_board(void)
{
    start_clock();
    start_serial();
    start_pins();
    TA0CTL = TA_SMCLK_CONTINUOUS_CLEAR_INTERRUPT;
    __asm__ volatile("nop\n eint\n nop");
}

/* The overflow count is read before and after: if it moved, the low half may belong to either. */
uint32_t port_ticks(void)
{
    uint16_t high, low;
    do {
        high = timer_overflows;
        low = TA0R;
    } while (high != timer_overflows);
    return ((uint32_t)high << 16) | low;
}

uint8_t port_byte_waits(void)
{
    return UCA0IFG & UCRXIFG;
}

int16_t port_receive(void)
{
    uint16_t since = timer_overflows;
    while (!port_byte_waits())
        if ((uint16_t)(timer_overflows - since) > OVERFLOWS_UNTIL_SILENCE)
            return NO_BYTE;
    return (int16_t)(UCA0RXBUF & 0xFF);
}

void port_send(uint8_t byte)
{
    while (!(UCA0IFG & UCTXIFG)) {
    }
    UCA0TXBUF = byte;
}

void port_lamp(enum lamp lamp)
{
    uint8_t others = P1OUT & (uint8_t)~(RED_LED | GREEN_LED);
    if (lamp == LAMP_WORKING)
        others |= RED_LED;
    else if (lamp == LAMP_DONE)
        others |= GREEN_LED;
    P1OUT = others;
}

uint8_t port_button_pressed(void)
{
    uint16_t now = timer_overflows;
    uint8_t is_new = !held;
    if (P2IN & BUTTON) {
        if ((uint16_t)(now - last_press) > OVERFLOWS_UNTIL_RELEASED)
            held = 0;
        return 0;
    }
    last_press = now;
    held = 1;                                    /* held down, through a job too, it stays one press */
    return is_new;
}

/* The period is 1/8 us, two ticks of the timer; conversion takes about 7 us of MODOSC clocks. */
void port_record(uint16_t *samples, uint16_t count, uint16_t period)
{
    uint16_t due = TA0R, ticks = (uint16_t)(2 * period);
    ADCCTL0 = ADCSHT_16 | ADCON;
    ADCCTL1 = ADCSHP;
    ADCCTL2 = ADCRES_10BIT;
    ADCMCTL0 = ADCINCH_3;
    while (count--) {
        while ((int16_t)(TA0R - due) < 0) {
        }
        due = (uint16_t)(due + ticks);
        ADCCTL0 |= ADCENC_ADCSC;
        while (!(ADCIFG & ADCIFG0)) {
        }
        *samples++ = ADCMEM0;
    }
    ADCCTL0 &= (uint16_t)~2u;                    /* ADCENC off, then the converter */
    ADCCTL0 = 0;
}

uint16_t port_stack_unused(void)
{
    const uint16_t *word = bss_end;
    while (*word == STACK_PAINT)
        word++;
    return (uint16_t)((uintptr_t)word - (uintptr_t)bss_end);
}

struct board_facts port_facts(void)
{
    struct board_facts facts = {
        .kind = 1,
        .ticks_per_second = TICKS_PER_SECOND,
        .arena_address = (uint16_t)(uintptr_t)arena,
        .static_bytes = (uint16_t)((uintptr_t)bss_end - 0x2000u),
    };
    return facts;
}

int main(void)
{
    start_board();
    for (;;)
        link_serve();
}
