// The link of the Leonardo: USB serial of the Arduino core, which brings its own main().
#if defined(__AVR_ATmega32U4__)

#include "../core/board.h"
#include "sampler.h"
#include "serial_of_core.h"
#include "stack.h"

namespace emg {

namespace {

SerialOfCore serial;

}  // namespace

namespace board {

void begin() {
    paint_stack();
    Serial.begin(BAUD);  // USB ignores the number
    begin_sampler();
}

// The main loop does not sleep here, because the USB part wakes nobody when it has room again.
void rest(bool) {
    if (!Serial.dtr()) {
        serial.forget();  // nobody has the port open
        return;
    }
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

}  // namespace board
}  // namespace emg

#endif
