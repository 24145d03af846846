// The link of the Leonardo: USB serial of the Arduino core, which brings its own main().
#if defined(__AVR_ATmega32U4__)

#include <Arduino.h>

#include "../core/board.h"
#include "../core/rings.h"
#include "sampler.h"
#include "stack.h"

namespace emg {

namespace {

ByteRing<256> to_host;

}  // namespace

namespace board {

void begin() {
    paint_stack();
    Serial.begin(BAUD);  // USB ignores the number
    begin_sampler();
}

// Hands the USB part as much as it takes without waiting. The main loop does not sleep here,
// because the USB part wakes nobody when it has room again.
void rest(bool) {
    if (!Serial.dtr()) {
        to_host.clear();  // nobody has the port open
        return;
    }
    for (int room = Serial.availableForWrite(); room > 0 && !to_host.empty(); --room) {
        Serial.write(to_host.get());
    }
}

uint8_t send_room() {
    return to_host.room();
}

void send(const uint8_t* bytes, uint8_t length) {
    while (length-- != 0) {
        to_host.put(*bytes++);
    }
}

bool receive(uint8_t& byte) {
    const int got = Serial.read();
    if (got < 0) {
        return false;
    }
    byte = static_cast<uint8_t>(got);
    return true;
}

}  // namespace board
}  // namespace emg

#endif
