/* One channel, started by the timer itself at 1 kHz; the processor is kept busy all the while. */
#include <avr/interrupt.h>
#include <avr/io.h>

static volatile uint16_t code;

ISR(TIMER1_COMPB_vect)
{
}

ISR(ADC_vect)
{
    code = ADC;
}

int main(void)
{
    ADMUX = 0x40;
    ADCSRB = 5;
    ADCSRA = _BV(ADEN) | _BV(ADATE) | _BV(ADIE) | 7;
    OCR1A = 15999;
    OCR1B = 15999;
    TIMSK1 = _BV(OCIE1B);
    TCCR1B = _BV(WGM12) | _BV(CS10);
    sei();
    for (volatile uint32_t busy = 0;; busy *= 3) {
    }
}
