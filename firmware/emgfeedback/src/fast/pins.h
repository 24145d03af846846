// What each fast board brings for sampling its own pins: a timer and one conversion.
#pragma once

#include <stdint.h>

namespace emg {
namespace pins {

void set_up();

// One conversion of A0 + `channel`, 0 to 2^CONVERTER.bits - 1.
uint16_t convert(uint8_t channel);

// Calls `pins_tick` every `period_us`, never within itself; false if there is no timer.
bool start_ticks(uint16_t period_us);
void stop_ticks();

}  // namespace pins

void pins_tick();

}  // namespace emg
