// What the host may ask for, and whether timer, ADC and link can do it.
#pragma once

#include "../../config.h"
#include "wire.h"

namespace emg {

struct Settings {
    uint16_t rate_hz = DEFAULT_RATE_HZ;
    uint8_t channels = DEFAULT_CHANNELS;
    uint8_t oversample = 1;
    TestSignal test = TestSignal::OFF;

#ifdef EMG_FAST_BOARD
    uint16_t full_scale() const { return fast_full_scale(oversample); }
#else
    uint16_t full_scale() const { return static_cast<uint16_t>(1024U * oversample); }
#endif
};

// How the hardware does it.
struct Plan {
    uint16_t timer_top;
    uint16_t period_us;
    uint8_t prescaler_log2;  // the ADC's clock is the CPU's by this power of two
    uint8_t samples_per_frame;
    uint16_t skew_tenth_us;
    uint16_t adc_clock_khz;
};

// Returns OK and fills `plan`, or says why these settings cannot be.
Code plan_settings(const Settings& settings, uint8_t max_channels, uint32_t baud, Plan& plan);

// Bytes per second on the wire, with the STATUS of each second.
uint32_t link_bytes_per_s(const Settings& settings);

}  // namespace emg
