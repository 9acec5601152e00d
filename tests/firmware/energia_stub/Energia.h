/* As much of Energia's API as the sketch uses, over standard input and output. */
#ifndef ENERGIA_STUB_H
#define ENERGIA_STUB_H

#include <cstdint>
#include <cstdio>

enum { LOW, HIGH, OUTPUT, INPUT_PULLUP, RED_LED, GREEN_LED, PUSH1, A3 };

struct SerialStub {
    int next = EOF;
    bool started = false;
    void begin(uint32_t) { next = getchar(); started = true; }
    int available() { return next != EOF; }
    int read() { int byte = next; next = getchar(); return byte; }
    void write(uint8_t byte) { putchar(byte); }
};

static SerialStub Serial;
static uint32_t clock_milliseconds;
static int button = HIGH;                        /* what its pin has */
static int heard;                                /* a ramp, as RAMP in test_energia.py */

static inline uint32_t millis() { return clock_milliseconds++; }
static inline uint32_t micros() { return clock_milliseconds += 1000; }
static inline void pinMode(int, int) {}
static inline void digitalWrite(int, int) {}
static inline int digitalRead(int pin) { return pin == PUSH1 ? button : LOW; }
static inline int analogRead(int pin) { return pin == A3 ? (heard += 7) & 1023 : 0; }

#endif
