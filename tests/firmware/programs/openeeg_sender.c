/* Sends OpenEEG version 2 packets from power-up at 57600 baud, 249.5 times a second. */
#include <avr/io.h>

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

int main(void)
{
    uint8_t number = 0;
    UCSR0A = _BV(U2X0);
    UBRR0 = 34;
    UCSR0B = _BV(TXEN0);
    ADCSRA = _BV(ADEN) | _BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0);
    TCCR1B = _BV(WGM12) | _BV(CS11) | _BV(CS10);
    OCR1A = 1001;
    for (;;) {
        while (!(TIFR1 & _BV(OCF1A))) {
        }
        TIFR1 = _BV(OCF1A);
        put(0xa5);
        put(0x5a);
        put(2);
        put(number++);
        for (uint8_t channel = 0; channel < 6; channel++) {
            uint16_t code = convert(channel);
            put(code >> 8);
            put(code & 0xff);
        }
        put(1);
    }
}
