#pragma once
#include "../Arduino.h"

extern unsigned selected_input;
inline void adc_init() {}
inline void adc_gpio_init(unsigned) {}
inline void adc_select_input(unsigned input) { selected_input = input; }
inline uint16_t adc_read() { return static_cast<uint16_t>(analogRead(A0 + static_cast<int>(selected_input))); }
