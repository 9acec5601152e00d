/* The protocol on this machine: requests from standard input, answers to standard output.
 *
 * The end of the input counts as silence. Used by the tests, with sanitizers, against fuzzed
 * frames.
 */
#include <stdio.h>

#include "link.h"
#include "matting.h"
#include "port.h"

static int next_byte;                /* EOF once the input has ended */
static uint32_t ticks;

int16_t port_receive(void)
{
    int byte = next_byte;
    if (byte == EOF)
        return NO_BYTE;
    next_byte = getchar();
    return (int16_t)byte;
}

uint8_t port_byte_waits(void)
{
    return next_byte != EOF;
}

void port_send(uint8_t byte)
{
    putchar(byte);
}

uint32_t port_ticks(void)
{
    return ++ticks;
}

void port_lamp(enum lamp lamp)
{
    (void)lamp;
}

uint8_t port_button_pressed(void)
{
    return 0;
}

void port_record(uint16_t *samples, uint16_t count, uint16_t period)
{
    while (count--)
        *samples++ = (uint16_t)(512 + (count * period) % 64);
}

uint16_t port_stack_unused(void)
{
    return 0;
}

struct board_facts port_facts(void)
{
    struct board_facts facts = {.kind = 3, .ticks_per_second = 1, .arena_address = 0x2000,
                                .static_bytes = ARENA_BYTES};
    return facts;
}

int main(void)
{
    next_byte = getchar();
    while (next_byte != EOF)
        link_serve();
    return 0;
}
