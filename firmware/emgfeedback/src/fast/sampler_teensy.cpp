// Teensy (3 and 4): IntervalTimer and 12-bit conversions of its Arduino core. NOT RUN ON HARDWARE.
#include "../../config.h"

#if defined(TEENSYDUINO) && !defined(EMG_CONVERTER_CAN_FAIL)

#include <Arduino.h>
#include <IntervalTimer.h>

#include "pins.h"

namespace emg {
namespace pins {

namespace {

IntervalTimer timer;

}  // namespace

void set_up() {
    analogReadResolution(CONVERTER.bits);
    analogReadAveraging(1);  // summing is the sampler's, so that it is known
}

uint16_t convert(uint8_t channel) {
    return static_cast<uint16_t>(analogRead(A0 + channel));
}

bool start_ticks(uint16_t period_us) {
    return timer.begin(pins_tick, period_us);
}

void stop_ticks() {
    timer.end();
}

}  // namespace pins
}  // namespace emg

#endif
