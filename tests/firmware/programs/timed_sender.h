/* What the senders share: a serial port polled, a converter, and a timer that paces packets. */
#include <avr/io.h>

static void set_up(uint16_t divider, uint16_t last_tick)
{
    UCSR0A = _BV(U2X0);
    UBRR0 = divider;
    UCSR0B = _BV(TXEN0) | _BV(RXEN0);
    ADCSRA = _BV(ADEN) | _BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0);
    TCCR1B = _BV(WGM12) | _BV(CS11) | _BV(CS10);
    OCR1A = last_tick;
}

static void put(uint8_t byte)
{
    while (!(UCSR0A & _BV(UDRE0))) {
    }
    UDR0 = byte;
}

static uint16_t convert(uint8_t channel)
{
    ADMUX = _BV(REFS0) | channel;
    ADCSRA |= _BV(ADSC);
    while (ADCSRA & _BV(ADSC)) {
    }
    return ADC;
}

static void put_scan(void)
{
    for (uint8_t channel = 0; channel < 6; channel++) {
        uint16_t code = convert(channel);
        put(code >> 8);
        put(code & 0xff);
    }
}
