/* Sends OpenEEG version 2 packets from power-up at 57600 baud, 249.5 times a second. */
#include "timed_sender.h"

int main(void)
{
    uint8_t number = 0;
    set_up(34, 1001);
    for (;;) {
        while (!(TIFR1 & _BV(OCF1A))) {
        }
        TIFR1 = _BV(OCF1A);
        put(0xa5);
        put(0x5a);
        put(2);
        put(number++);
        put_scan();
        put(1);
    }
}
