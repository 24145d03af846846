/* Obeys WHORU, START and STOP as Chords boards do: a command ends with a second without a byte.
   Six channels at 250 Hz and 230400 baud; any byte stops the stream. */
#include <avr/io.h>
#include <string.h>

#define TICKS_OF_SILENCE 250

static char command[16];
static uint8_t length, streaming;
static uint16_t silence;

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

static void obey(void)
{
    if (!strncmp(command, "WHORU", 5))
        for (const char *name = "UNO-R3\r\n"; *name; name++)
            put(*name);
    streaming = !strncmp(command, "START", 5);
    length = 0;
}

static void send_packet(void)
{
    static uint8_t number;
    put(0xc7);
    put(0x7c);
    put(number++);
    for (uint8_t channel = 0; channel < 6; channel++) {
        uint16_t code = convert(channel);
        put(code >> 8);
        put(code & 0xff);
    }
    put(1);
}

int main(void)
{
    UCSR0A = _BV(U2X0);
    UBRR0 = 8;
    UCSR0B = _BV(TXEN0) | _BV(RXEN0);
    ADCSRA = _BV(ADEN) | _BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0);
    TCCR1B = _BV(WGM12) | _BV(CS11) | _BV(CS10);
    OCR1A = 999;
    for (;;) {
        while (!(TIFR1 & _BV(OCF1A)))
            if (UCSR0A & _BV(RXC0)) {
                command[length] = UDR0;
                length = (length + 1) % sizeof command;
                silence = streaming = 0;
            }
        TIFR1 = _BV(OCF1A);
        if (length && ++silence >= TICKS_OF_SILENCE)
            obey();
        if (streaming)
            send_packet();
    }
}
