// Sampling on the ATmega boards: Timer1 ticks, each tick starts one scan of all channels.
//
// The tick's interrupt starts the ADC before anything else; every further conversion is started
// by the end of the one before. Nothing here waits for the link or the main loop.
#if defined(__AVR__)

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>

#include "../core/board.h"
#include "../core/rings.h"
#include "avr_pins.h"
#include "sampler.h"
#include "wake.h"

namespace emg {

namespace {

struct Scan {
    uint32_t number;  // of the scan that runs
    uint16_t sum;
    uint16_t started_at;  // timer count at which the scan began
    uint8_t left;         // conversions of this channel still to come, with the running one
    uint8_t channel;
    uint8_t ticks_meanwhile;
    uint8_t flags;       // what was lost between the sample before and this one
    uint8_t next_admux;  // what to write at the end of the running conversion
    uint8_t next_adcsra;
};

struct Layout {
    uint8_t adc_off_duty;  // ADCSRA with no conversion running
    uint8_t adc_convert;   // ADCSRA that starts a conversion
    uint8_t channels;
    uint8_t oversample;
    uint8_t mux[MAX_CHANNELS];
};

struct Tally {
    uint32_t next_number;
    uint32_t overruns;
    uint32_t late_ticks;
    uint32_t late_sum;  // with ticks_in_mean: halved now and then, so that neither overflows
    uint32_t ticks_in_mean;
    uint16_t late_min;
    uint16_t late_max;
    uint16_t longest_burst;
};

SampleRing ring;
Scan scan;  // touched by the two interrupts alone while sampling
volatile bool scan_running;
Layout layout;
Tally tally;
uint8_t losses;  // flags for the next scan
uint16_t counts[MAX_CHANNELS];

// A conversion starts at an edge of the ADC's clock, which runs from the moment the ADC is enabled,
// and the period is a whole number of its cycles. With an edge shortly before the earliest start
// behind a tick, a start that another interrupt delayed still meets the same edge as any other.
constexpr uint8_t ADC_CLOCK_BEHIND_TICK = 28;

inline void note_lateness(uint16_t cycles) {
    ++tally.late_ticks;
    ++tally.ticks_in_mean;
    tally.late_sum += cycles;
    if (cycles < tally.late_min) {
        tally.late_min = cycles;
    }
    if (cycles > tally.late_max) {
        tally.late_max = cycles;
    }
}

void store_sample() {
    Sample* slot = ring.reserve();
    if (slot == nullptr) {
        losses |= FLAG_DROPPED | scan.flags;
        return;
    }
    slot->number = scan.number;
    slot->flags = scan.flags;
    for (uint8_t channel = 0; channel < layout.channels; ++channel) {
        slot->counts[channel] = counts[channel];
    }
    ring.commit();
}

void note_burst() {
    const uint16_t now = TCNT1;
    uint32_t burst = now;
    burst += static_cast<uint32_t>(scan.ticks_meanwhile) * (static_cast<uint32_t>(OCR1A) + 1);
    burst -= scan.started_at;
    const uint16_t cycles = burst > 0xFFFF ? 0xFFFF : static_cast<uint16_t>(burst);
    if (cycles > tally.longest_burst) {
        tally.longest_burst = cycles;
    }
}

// Outside the interrupt's own body, so that the interrupt saves few registers before it acts.
__attribute__((noinline)) void finish_scan() {
    store_sample();
    note_burst();
    scan_running = false;
    wake_main();
}

// Decides what follows the conversion that runs now, so that its end loses no time with it.
inline void prepare_next() {
    const uint8_t channel = scan.channel;
    scan.next_adcsra = layout.adc_convert;
    if (scan.left > 1) {
        scan.next_admux = layout.mux[channel];
    } else if (channel + 1 < layout.channels) {
        scan.next_admux = layout.mux[channel + 1];
    } else {
        scan.next_admux = layout.mux[0];
        scan.next_adcsra = layout.adc_off_duty;
    }
}

}  // namespace

ISR(TIMER1_COMPA_vect) {
    if (!scan_running) {
        ADCSRA = layout.adc_convert;
        const uint16_t late = TCNT1;
        scan_running = true;
        scan.number = tally.next_number;
        scan.started_at = late;
        scan.ticks_meanwhile = 0;
        scan.flags = losses;
        losses = 0;
        note_lateness(late);
    } else {
        ++tally.overruns;
        losses |= FLAG_OVERRUN;
        if (scan.ticks_meanwhile != 0xFF) {
            ++scan.ticks_meanwhile;
        }
    }
    ++tally.next_number;
}

ISR(ADC_vect) {
    const uint16_t code = ADC;  // before ADMUX is touched
    ADMUX = scan.next_admux;
    ADCSRA = scan.next_adcsra;
    scan.sum += code;
    if (--scan.left == 0) {
        counts[scan.channel] = scan.sum;
        scan.sum = 0;
        scan.left = layout.oversample;
        if (++scan.channel == layout.channels) {
            scan.channel = 0;
            finish_scan();
        }
    }
    prepare_next();
}

namespace board {

void begin_sampler() {
    for (uint8_t channel = 0; channel < MAX_CHANNELS; ++channel) {
        layout.mux[channel] = admux(channel);
    }
    DIDR0 = 0xFF;  // the pins' digital inputs only add current and noise
    stop_sampling();
}

void start_sampling(const Plan& plan, uint8_t channels, uint8_t oversample) {
    stop_sampling();
    while (scan_running) {  // ends with the ADC's last conversion
    }
    layout.channels = channels;
    layout.oversample = oversample;
    ring.clear();
    tally = Tally();
    tally.late_min = 0xFFFF;
    losses = 0;
    scan.sum = 0;
    scan.channel = 0;
    scan.left = oversample;

    const uint8_t on = static_cast<uint8_t>(_BV(ADEN) | plan.prescaler_log2);
    ADMUX = layout.mux[0];
    ADCSRB = 0;
    ADCSRA = 0;
    TCCR1A = 0;
    OCR1A = plan.timer_top;
    TCNT1 = 0;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        TCCR1B = _BV(WGM12) | _BV(CS10);
        __builtin_avr_delay_cycles(ADC_CLOCK_BEHIND_TICK);
        ADCSRA = on;
    }
    ADCSRA = static_cast<uint8_t>(on | _BV(ADSC));  // the first conversion of all takes 25 clocks
    while ((ADCSRA & _BV(ADSC)) != 0) {
    }
    layout.adc_off_duty = static_cast<uint8_t>(on | _BV(ADIE));
    layout.adc_convert = static_cast<uint8_t>(layout.adc_off_duty | _BV(ADSC));
    ADCSRA = static_cast<uint8_t>(on | _BV(ADIF));
    ADCSRA = layout.adc_off_duty;
    prepare_next();

    TIFR1 = _BV(OCF1A);
    TIMSK1 = _BV(OCIE1A);  // sample 0 is taken at the timer's next turn
}

void stop_sampling() {
    TIMSK1 = 0;
    TCCR1B = _BV(WGM12);
}

bool scanning() {
    return scan_running;
}

const Sample* oldest_sample() {
    return ring.front();
}

void release_sample() {
    ring.pop();
}

SamplerCounts sampler_counts() {
    SamplerCounts now;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        if (mean_must_be_halved(tally.late_sum, tally.ticks_in_mean)) {
            tally.late_sum /= 2;
            tally.ticks_in_mean /= 2;
        }
        now.next_number = tally.next_number;
        now.dropped = ring.dropped();
        now.overruns = tally.overruns;
        now.ring_high_water = ring.high_water();
    }
    return now;
}

Lateness lateness() {
    Tally now;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        now = tally;
    }
    Lateness late;
    late.ticks = now.late_ticks;
    late.min_cycles = now.late_ticks == 0 ? 0 : now.late_min;
    late.max_cycles = now.late_max;
    late.mean_cycles_x256 = mean_x256(now.late_sum, now.ticks_in_mean);
    late.burst_cycles = now.longest_burst;
    return late;
}

}  // namespace board
}  // namespace emg

#endif
