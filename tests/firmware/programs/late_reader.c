/* Does not look at the receiver for 10 ms, then sends back what it finds, and the overrun flag. */
#include <avr/io.h>
#include <util/delay.h>

static void put(uint8_t byte)
{
    while (!(UCSR0A & _BV(UDRE0))) {
    }
    UDR0 = byte;
}

int main(void)
{
    UCSR0A = _BV(U2X0);
    UBRR0 = 7; /* 250000 */
    UCSR0B = _BV(TXEN0) | _BV(RXEN0);
    for (;;) {
        _delay_ms(10);
        uint8_t overrun = 0;
        while (UCSR0A & _BV(RXC0)) {
            put(UDR0);
            overrun |= UCSR0A & _BV(DOR0);
        }
        if (overrun)
            put(0xee);
    }
}
