// What a fast board's converter can do: the twin of core/settings.cpp.
#include "../core/settings.h"

#ifdef EMG_FAST_BOARD

namespace emg {

namespace {

constexpr uint16_t FRAMES_PER_S = 250;
constexpr uint8_t FULL_PCT = 90;

bool rate_known(uint16_t rate_hz) {
    return rate_hz == 250 || rate_hz == 500 || rate_hz == 1000 || rate_hz == 2000;
}

}  // namespace

uint32_t link_bytes_per_s(const Settings& settings) {
    const uint32_t samples = uint32_t{2} * settings.channels * settings.rate_hz;
    return samples + uint32_t{FRAMES_PER_S} * (DATA_HEAD_BYTES + OVERHEAD_BYTES) + STATUS_BYTES +
           OVERHEAD_BYTES;
}

Code plan_settings(const Settings& settings, uint8_t max_channels, uint32_t baud, Plan& plan) {
    if (!rate_known(settings.rate_hz)) {
        return Code::BAD_RATE;
    }
    if (settings.oversample != 1 && settings.oversample != CONVERTER.most_summed) {
        return Code::BAD_OVERSAMPLE;
    }
    if (settings.channels < 1 || settings.channels > max_channels) {
        return Code::BAD_CHANNELS;
    }
    const uint16_t period_us = static_cast<uint16_t>(1000000UL / settings.rate_hz);
    const uint32_t one_us = uint32_t{CONVERTER.longest_us} * settings.oversample;
    const uint32_t burst_us = CONVERTER.simultaneous ? one_us : one_us * settings.channels;
    if (burst_us * 100 >= uint32_t{period_us} * FULL_PCT) {
        return Code::BURST_TOO_LONG;
    }
    if (link_bytes_per_s(settings) * 100 > baud / 10 * FULL_PCT) {
        return Code::LINK_TOO_SLOW;
    }
    plan = Plan{};
    plan.period_us = period_us;
    plan.samples_per_frame = static_cast<uint8_t>(settings.rate_hz / FRAMES_PER_S);
    plan.skew_tenth_us = CONVERTER.simultaneous ? uint16_t{0} : static_cast<uint16_t>(one_us * 10);
    plan.adc_clock_khz = CONVERTER.clock_khz;
    return Code::OK;
}

}  // namespace emg

#endif
