// The link of Uno R4, RP2040, ESP32 and Teensy: the serial port of their Arduino core, which
// brings its own main(). NOT RUN ON HARDWARE.
#include "../../config.h"

#ifdef EMG_FAST_BOARD

#include "../core/board.h"
#include "../board/serial_of_core.h"
#include "fast_boards.h"

namespace emg {

namespace {

SerialOfCore serial;

}  // namespace

namespace board {

void begin() {
    Serial.begin(BAUD);  // a port on USB ignores the number
    begin_fast_sampler();
}

void rest(bool) {
    poll_fast_sampler();
    serial.hand_over();
}

uint8_t send_room() {
    return serial.room();
}

void send(const uint8_t* bytes, uint8_t length) {
    serial.put(bytes, length);
}

bool receive(uint8_t& byte) {
    return serial.get(byte);
}

uint16_t free_stack_bytes() {
    return 0xFFFF;  // not watched
}

}  // namespace board
}  // namespace emg

#endif
