// RP2040 (Raspberry Pi Pico and others): a repeating alarm and the ADC of the Pico SDK, which the
// Arduino cores for it bring. NOT RUN ON HARDWARE.
#include "../../config.h"

#if defined(ARDUINO_ARCH_RP2040) && !defined(EMG_CONVERTER_CAN_FAIL)

#include <Arduino.h>
#include <hardware/adc.h>
#include <pico/time.h>

#include "pins.h"

namespace emg {
namespace pins {

namespace {

constexpr uint8_t FIRST_ADC_PIN = 26;
repeating_timer_t timer;

bool on_alarm(repeating_timer_t*) {
    pins_tick();
    return true;
}

}  // namespace

void set_up() {
    adc_init();
    for (uint8_t channel = 0; channel < MAX_CHANNELS; ++channel) {
        adc_gpio_init(FIRST_ADC_PIN + channel);
    }
}

uint16_t convert(uint8_t channel) {
    adc_select_input(channel);
    return adc_read();
}

bool start_ticks(uint16_t period_us) {
    // Negative: from beginning to beginning, whatever the scan takes.
    return add_repeating_timer_us(-static_cast<int64_t>(period_us), on_alarm, nullptr, &timer);
}

void stop_ticks() {
    cancel_repeating_timer(&timer);
}

}  // namespace pins
}  // namespace emg

#endif
