// What the AVR boards' timer and ADC can do.
#include "settings.h"

#ifndef EMG_FAST_BOARD

namespace emg {

namespace {

constexpr uint8_t SMALLEST_PRESCALER_LOG2 = 5;  // above 500 kHz the ADC loses too many bits
constexpr uint8_t LARGEST_PRESCALER_LOG2 = 7;
constexpr uint8_t CLOCKS_PER_CONVERSION = 13;
constexpr uint8_t RESTART_CYCLES = 60;  // from the end of a conversion to the start of the next
constexpr uint16_t FRAMES_PER_S = 250;
constexpr uint8_t FULL_PCT = 90;

bool rate_known(uint16_t rate_hz) {
    return rate_hz == 250 || rate_hz == 500 || rate_hz == 1000 || rate_hz == 2000;
}

// One conversion with its restart; a restart waits for the next edge of the ADC's clock.
uint16_t conversion_cycles(uint8_t prescaler_log2) {
    const uint16_t prescaler = static_cast<uint16_t>(1U << prescaler_log2);
    const uint16_t restart_clocks =
        static_cast<uint16_t>((RESTART_CYCLES + prescaler - 1) >> prescaler_log2);
    return static_cast<uint16_t>((CLOCKS_PER_CONVERSION + restart_clocks) << prescaler_log2);
}

uint32_t burst_cycles(const Settings& settings, uint8_t prescaler_log2) {
    const uint16_t conversions = static_cast<uint16_t>(settings.channels * settings.oversample);
    return static_cast<uint32_t>(conversions) * conversion_cycles(prescaler_log2) +
           (uint32_t{1} << prescaler_log2);
}

// The slowest ADC clock whose burst fits and whose edges stand still against the ticks; 0: none.
uint8_t choose_prescaler_log2(const Settings& settings, uint32_t period_cycles) {
#ifdef EMG_FORCE_PRESCALER_LOG2
    return EMG_FORCE_PRESCALER_LOG2;  // to provoke overruns on purpose
#endif
    for (uint8_t log2 = LARGEST_PRESCALER_LOG2; log2 >= SMALLEST_PRESCALER_LOG2; --log2) {
        const bool steady = (period_cycles & ((uint32_t{1} << log2) - 1)) == 0;
        if (steady && burst_cycles(settings, log2) * 100 < period_cycles * FULL_PCT) {
            return log2;
        }
    }
    return 0;
}

}  // namespace

uint32_t link_bytes_per_s(const Settings& settings) {
    const uint32_t samples = uint32_t{2} * settings.channels * settings.rate_hz;
    return samples + static_cast<uint32_t>(FRAMES_PER_S) * (DATA_HEAD_BYTES + OVERHEAD_BYTES) +
           STATUS_BYTES + OVERHEAD_BYTES;
}

Code plan_settings(const Settings& settings, uint8_t max_channels, uint32_t baud, Plan& plan) {
    if (!rate_known(settings.rate_hz)) {
        return Code::BAD_RATE;
    }
    if (settings.oversample != 1 && settings.oversample != 4) {
        return Code::BAD_OVERSAMPLE;
    }
    if (settings.channels < 1 || settings.channels > max_channels) {
        return Code::BAD_CHANNELS;
    }
    const uint32_t period_cycles = CPU_HZ / settings.rate_hz;
    const uint8_t log2 = choose_prescaler_log2(settings, period_cycles);
    if (log2 == 0) {
        return Code::BURST_TOO_LONG;
    }
    if (link_bytes_per_s(settings) * 100 > baud / 10 * FULL_PCT) {
        return Code::LINK_TOO_SLOW;
    }
    const uint32_t skew_cycles =
        static_cast<uint32_t>(settings.oversample) * conversion_cycles(log2);
    plan.timer_top = static_cast<uint16_t>(period_cycles - 1);
    plan.period_us = static_cast<uint16_t>(uint32_t{1000000} / settings.rate_hz);
    plan.prescaler_log2 = log2;
    plan.samples_per_frame = static_cast<uint8_t>(settings.rate_hz / FRAMES_PER_S);
    plan.skew_tenth_us = static_cast<uint16_t>(skew_cycles * 10 / (CPU_HZ / 1000000));
    plan.adc_clock_khz = static_cast<uint16_t>((CPU_HZ / 1000) >> log2);
    return Code::OK;
}

}  // namespace emg

#endif
