// The link of Uno R4, RP2040, ESP32 and Teensy: the serial port of their Arduino core, which
// brings its own main(). NOT RUN ON HARDWARE.
#include "../../config.h"

#ifdef EMG_FAST_BOARD

#include <Arduino.h>

#include "../core/board.h"
#include "../core/rings.h"
#include "fast_boards.h"

namespace emg {

namespace {

ByteRing<256> to_host;

}  // namespace

namespace board {

void begin() {
    Serial.begin(BAUD);  // a port on USB ignores the number
    begin_fast_sampler();
}

void rest(bool) {
    poll_fast_sampler();
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

uint16_t free_stack_bytes() {
    return 0xFFFF;  // not watched
}

}  // namespace board
}  // namespace emg

#endif
