// Arduino Uno R4 (RA4M1): a general timer of the Arduino core, 14-bit conversions. NOT RUN ON
// HARDWARE.
#include "../../config.h"

#if defined(ARDUINO_ARCH_RENESAS) && !defined(EMG_CONVERTER_CAN_FAIL)

#include <Arduino.h>
#include <FspTimer.h>

#include "pins.h"

namespace emg {
namespace pins {

namespace {

FspTimer timer;
bool have_timer = false;

void on_overflow(timer_callback_args_t*) {
    pins_tick();
}

}  // namespace

void set_up() {
    analogReadResolution(CONVERTER.bits);
}

uint16_t convert(uint8_t channel) {
    return static_cast<uint16_t>(analogRead(A0 + channel));
}

bool start_ticks(uint16_t period_us) {
    uint8_t kind = GPT_TIMER;
    const int8_t number = FspTimer::get_available_timer(kind);
    have_timer = number >= 0 &&
                 timer.begin(TIMER_MODE_PERIODIC, kind, static_cast<uint8_t>(number),
                             1e6F / period_us, 50.0F, on_overflow) &&
                 timer.setup_overflow_irq() && timer.open() && timer.start();
    return have_timer;
}

void stop_ticks() {
    if (have_timer) {
        timer.stop();
        timer.end();  // gives it back: the next start asks for one again
        have_timer = false;
    }
}

}  // namespace pins
}  // namespace emg

#endif
