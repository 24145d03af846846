// Sampling the own pins of a fast board. NOT RUN ON HARDWARE. Each board's timer and ADC stand in
// its own file; the scan, the numbers and the losses are here.
#include "../../config.h"

#if defined(EMG_FAST_BOARD) && !defined(EMG_CONVERTER_CAN_FAIL)

#include <Arduino.h>

#include "keeper.h"
#include "pins.h"
#include "fast_boards.h"

namespace emg {

namespace {

SampleKeeper keeper;
Beat beat;
uint8_t oversample_now = 1;
volatile bool on = false;
volatile bool scan_runs = false;

}  // namespace

// A scan runs within the timer's interrupt, or within the task it wakes: never twice at once.
void pins_tick() {
    if (!on) {
        return;
    }
    scan_runs = true;
    const uint32_t began_us = micros();
    keeper.overran(beat.take_from_timer(began_us));
    keeper.came_late(beat.late_us());
    uint16_t codes[MAX_CHANNELS];
    for (uint8_t channel = 0; channel < keeper.channels(); ++channel) {
        uint32_t sum = 0;
        for (uint8_t i = 0; i < oversample_now; ++i) {
            sum += pins::convert(channel);
        }
        codes[channel] = static_cast<uint16_t>(sum >> sum_shift(oversample_now));
    }
    keeper.store(codes);
    keeper.took(micros() - began_us);
    scan_runs = false;
}

namespace board {

void begin_fast_sampler() {
    pins::set_up();
}

void poll_fast_sampler() {}

bool converter_answers(const Settings&) {
    return true;
}

void start_sampling(const Plan& plan, uint8_t channels, uint8_t oversample) {
    stop_sampling();
    while (scan_runs) {
    }
    keeper.begin(plan, channels);
    oversample_now = oversample;
    beat.begin(micros(), plan.period_us);
    on = true;
    on = pins::start_ticks(plan.period_us);
}

void stop_sampling() {
    if (on) {
        on = false;
        pins::stop_ticks();
    }
}

bool scanning() {
    return scan_runs;
}

const Sample* oldest_sample() {
    return keeper.oldest();
}

void release_sample() {
    keeper.release();
}

SamplerCounts sampler_counts() {
    noInterrupts();
    const SamplerCounts now = keeper.counts();
    interrupts();
    return now;
}

Lateness lateness() {
    noInterrupts();
    const Lateness now = keeper.lateness();
    interrupts();
    return now;
}

}  // namespace board
}  // namespace emg

#endif
