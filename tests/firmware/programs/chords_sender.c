/* Obeys WHORU, START and STOP as Chords boards do: a command ends with a second without a byte.
   Six channels at 250 Hz and 230400 baud; any byte stops the stream. */
#include <string.h>

#include "timed_sender.h"

#define TICKS_OF_SILENCE 250

static char command[16];
static uint8_t length, streaming;
static uint16_t silence;

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
    put_scan();
    put(1);
}

int main(void)
{
    set_up(8, 999);
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
