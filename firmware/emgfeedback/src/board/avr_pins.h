// Which ADC inputs the pins A0, A1, ... of each board are.
#pragma once

#include <avr/io.h>
#include <stdint.h>

#include "../../config.h"

namespace emg {

#if defined(__AVR_ATmega32U4__)
constexpr uint8_t PIN_INPUT[] = {7, 6, 5, 4, 1, 0};
#else
constexpr uint8_t PIN_INPUT[] = {0, 1, 2, 3, 4, 5, 6, 7};
#endif
static_assert(MAX_CHANNELS <= sizeof(PIN_INPUT), "more channels than pins");

// ADMUX for the input of a pin, measured against the supply.
constexpr uint8_t admux(uint8_t channel) {
    return static_cast<uint8_t>(_BV(REFS0) | PIN_INPUT[channel]);
}

}  // namespace emg
