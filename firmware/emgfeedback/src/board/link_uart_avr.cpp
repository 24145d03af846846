// The link of Uno, Nano and Mega: USART0 with interrupts, and the main loop round the sketch.
// The Arduino core's serial port and start-up stay out, so nothing else interrupts sampling.
#if defined(__AVR__) && !defined(__AVR_ATmega32U4__)

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>

#include "../core/board.h"
#include "../core/rings.h"
#include "sampler.h"
#include "stack.h"
#include "wake.h"

#if defined(USART_RX_vect)
#define EMG_RX_VECT USART_RX_vect
#define EMG_UDRE_VECT USART_UDRE_vect
#else
#define EMG_RX_VECT USART0_RX_vect
#define EMG_UDRE_VECT USART0_UDRE_vect
#endif

namespace emg {

namespace {

ByteRing<256> to_host;
ByteRing<64> from_host;

constexpr uint8_t WAKE_EVERY_BYTES = 16;

}  // namespace

ISR(EMG_UDRE_VECT) {
    if (!to_host.empty()) {
        UDR0 = to_host.get();
    }
    if (to_host.empty()) {
        UCSR0B &= static_cast<uint8_t>(~_BV(UDRIE0));
        wake_main();
    } else if (to_host.room() % WAKE_EVERY_BYTES == 0) {
        wake_main();  // it may wait for room; waking it for every byte would cost its sleep
    }
}

ISR(EMG_RX_VECT) {
    const uint8_t byte = UDR0;
    if (from_host.room() != 0) {
        from_host.put(byte);
    }
    wake_main();
}

namespace board {

void begin() {
    paint_stack();
    UCSR0A = _BV(U2X0);
    UBRR0 = static_cast<uint16_t>(CPU_HZ / (8 * BAUD) - 1);
    UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
    UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);
    begin_sampler();
    set_sleep_mode(SLEEP_MODE_IDLE);
    sei();
}

void rest(bool busy) {
    if (busy) {
        return;
    }
    sleep_enable();
    cli();
    while ((GPIOR0 & _BV(0)) == 0) {
        sei();  // takes effect after the next instruction: no interrupt can slip in between
        sleep_cpu();
        cli();
    }
    sleep_disable();
    GPIOR0 &= static_cast<uint8_t>(~_BV(0));
    sei();
}

uint8_t send_room() {
    return to_host.room();
}

void send(const uint8_t* bytes, uint8_t length) {
    while (length-- != 0) {
        to_host.put(*bytes++);
    }
    UCSR0B |= _BV(UDRIE0);
}

bool receive(uint8_t& byte) {
    if (from_host.empty()) {
        return false;
    }
    byte = from_host.get();
    return true;
}

}  // namespace board
}  // namespace emg

int main() {
    setup();
    for (;;) {
        loop();
    }
}

#endif
