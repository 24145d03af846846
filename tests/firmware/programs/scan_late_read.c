/* Four channels at 1 kHz; each result is read only after the next conversion was started. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>

#define CHANNELS 4

static volatile uint8_t channel, done;
static volatile uint16_t codes[CHANNELS];

ISR(TIMER1_COMPA_vect)
{
    ADMUX = 0x40;
    ADCSRA |= _BV(ADSC);
}

ISR(ADC_vect)
{
    uint8_t now = channel;
    if (now + 1 < CHANNELS) {
        ADMUX = 0x40 | (now + 1);
        channel = now + 1;
        ADCSRA |= _BV(ADSC);
    } else {
        channel = 0;
        done = 1;
    }
    codes[now] = ADC;
}

static void put(uint8_t byte)
{
    while (!(UCSR0A & _BV(UDRE0))) {
    }
    UDR0 = byte;
}

int main(void)
{
    UCSR0A = _BV(U2X0);
    UBRR0 = 3;
    UCSR0B = _BV(TXEN0);
    ADCSRA = _BV(ADEN) | _BV(ADIE) | 6;
    OCR1A = 15999;
    TIMSK1 = _BV(OCIE1A);
    TCCR1B = _BV(WGM12) | _BV(CS10);
    set_sleep_mode(SLEEP_MODE_IDLE);
    sleep_enable();
    sei();
    for (;;) {
        while (!done)
            sleep_cpu();
        done = 0;
        for (uint8_t i = 0; i < CHANNELS; i++) {
            put((uint8_t)codes[i]);
            put((uint8_t)(codes[i] >> 8));
        }
    }
}
