/* DeepMasque on an MSP-EXP430FR2433 LaunchPad with Energia: KNN matting in 4 KB, over Serial.
 *
 * The same core and protocol as the bare-metal firmware. Energia runs the processor at 8 MHz and
 * keeps some SRAM for itself, so the arena is smaller (matting.h) and everything takes twice as long.
 * Open the folder that `make energia` writes to out/energia: it holds this file and the core.
 *
 * The red LED shines while a job is worked on, the green one when it is done; button S1 asks the host
 * to send the last job again. The microphone is at P1.3 (A3).
 */
extern "C" {
#include "link.h"
#include "matting.h"
#include "port.h"
}

static const uint32_t BAUD = 115200;
static const uint32_t SILENCE_MILLISECONDS = 100;
static const uint32_t BOUNCE_MILLISECONDS = 50;

int16_t port_receive(void)
{
    uint32_t since = millis();
    while (!Serial.available())
        if (millis() - since > SILENCE_MILLISECONDS)
            return NO_BYTE;
    return (int16_t)(Serial.read() & 0xFF);
}

uint8_t port_byte_waits(void)
{
    return Serial.available() > 0;
}

void port_send(uint8_t byte)
{
    Serial.write(byte);
}

uint32_t port_ticks(void)
{
    return micros();
}

void port_lamp(enum lamp lamp)
{
    digitalWrite(RED_LED, lamp == LAMP_WORKING ? HIGH : LOW);
    digitalWrite(GREEN_LED, lamp == LAMP_DONE ? HIGH : LOW);
}

uint8_t port_button_pressed(void)
{
    static uint32_t last_press = 0;
    static uint8_t held = 0;
    uint32_t now = millis();
    uint8_t is_new = !held;
    if (digitalRead(PUSH1) == HIGH) {
        if (now - last_press > BOUNCE_MILLISECONDS)
            held = 0;
        return 0;
    }
    last_press = now;
    held = 1;                                    /* held down, through a job too, it stays one press */
    return is_new;
}

void port_record(uint16_t *samples, uint16_t count, uint16_t period)
{
    uint32_t start = micros();
    for (uint16_t i = 0; i < count; i++) {
        while (micros() - start < ((uint32_t)i * period) >> 3) {
        }
        samples[i] = (uint16_t)analogRead(A3);
    }
}

uint16_t port_stack_unused(void)
{
    return 0;                                    /* Energia does not say where its stack begins */
}

struct board_facts port_facts(void)
{
    struct board_facts facts;
    facts.kind = 2;
    facts.ticks_per_second = 1000000;
    facts.arena_address = (uint16_t)(uintptr_t)arena;
    facts.static_bytes = (uint16_t)(facts.arena_address + ARENA_BYTES - 0x2000);
    return facts;
}

void setup()
{
    Serial.begin(BAUD);
    pinMode(RED_LED, OUTPUT);
    pinMode(GREEN_LED, OUTPUT);
    pinMode(PUSH1, INPUT_PULLUP);
}

void loop()
{
    link_serve();
}
