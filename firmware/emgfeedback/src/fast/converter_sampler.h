// Sampling through an external converter, driven by the main loop.
#pragma once

#include "keeper.h"
#include "ports.h"
#include "window.h"

namespace emg {

constexpr uint8_t DAMAGED_IN_A_ROW = 8;  // then the converter is reset and set up anew

// What both ways of sampling share: codes out of readings, and a converter that lost its way.
template <class Chip>
class ConverterSampler {
  public:
    explicit ConverterSampler(Chip& chip) : chip_(chip) {}

    bool answers(const Settings& settings) {
        settings_ = settings;
        on_ = false;
        return chip_.begin(settings.rate_hz, settings.channels);
    }

    SampleKeeper& keeper() { return keeper_; }

  protected:
    void start_keeping(const Plan& plan, uint8_t channels) {
        keeper_.begin(plan, channels);
        for (Window& window : windows_) {
            window.begin(Chip::WINDOW, settings_.rate_hz);
        }
        damaged_ = 0;
        on_ = true;
    }

    void keep() {
        uint16_t codes[MAX_CHANNELS];
        for (uint8_t channel = 0; channel < keeper_.channels(); ++channel) {
            codes[channel] = windows_[channel].code(raw_[channel]);
        }
        keeper_.store(codes);
        damaged_ = 0;
    }

    void throw_away() {
        keeper_.lost(1);
        if (++damaged_ >= DAMAGED_IN_A_ROW) {
            set_up_anew();
        }
    }

    void set_up_anew() {
        damaged_ = 0;
        chip_.begin(settings_.rate_hz, settings_.channels);
    }

    Chip& chip_;
    SampleKeeper keeper_;
    Settings settings_;
    Window windows_[MAX_CHANNELS];
    int32_t raw_[8] = {};
    uint8_t damaged_ = 0;
    bool on_ = false;
};

// A converter that converts when it is told: the board's clock keeps the time.
template <class Chip>
class PacedSampler : public ConverterSampler<Chip> {
  public:
    using ConverterSampler<Chip>::ConverterSampler;

    void start(const Plan& plan, uint8_t channels, uint32_t now_us) {
        this->start_keeping(plan, channels);
        beat_.begin(now_us, plan.period_us);
        busy_ = false;
    }

    void stop() { this->on_ = false; }
    bool scanning() const { return busy_; }

    void poll(uint32_t now_us) {
        if (busy_) {
            finish(now_us, this->chip_.step(now_us, this->raw_));
        } else if (this->on_ && beat_.due(now_us)) {
            this->keeper_.overran(beat_.take(now_us));
            this->keeper_.came_late(beat_.late_us());
            began_us_ = now_us;
            busy_ = true;
            this->chip_.begin_scan(now_us);
        }
    }

  private:
    void finish(uint32_t now_us, Scan scan) {
        if (scan == Scan::RUNNING) {
            return;
        }
        busy_ = false;
        if (scan == Scan::GOOD) {
            this->keeper_.took(now_us - began_us_);
            this->keep();
        } else {
            this->throw_away();
        }
    }

    Beat beat_;
    uint32_t began_us_ = 0;
    bool busy_ = false;
};

// A converter that keeps the time itself and says when a sample is ready. A ready that was not
// served in time is a sample lost; where readies stay out, the board's clock says how many did.
template <class Chip>
class ReadySampler : public ConverterSampler<Chip> {
  public:
    using ConverterSampler<Chip>::ConverterSampler;

    void start(const Plan& plan, uint8_t channels, uint32_t now_us) {
        this->start_keeping(plan, channels);
        period_us_ = plan.period_us;
        seen_ = this->chip_.port().ready_falls();
        last_us_ = now_us + SETTLING_PERIODS * period_us_;
        counted_ = 0;
        first_ = true;
    }

    void stop() {
        if (this->on_) {
            this->chip_.end();
        }
        this->on_ = false;
    }

    bool scanning() const { return false; }

    void poll(uint32_t now_us) {
        if (!this->on_) {
            return;
        }
        const uint32_t falls = this->chip_.port().ready_falls();
        if (falls == seen_) {
            count_silence(now_us);
            return;
        }
        const uint32_t at_us = this->chip_.port().last_fall_us();
        const uint32_t periods = periods_since(falls - seen_, at_us);
        seen_ = falls;
        if (periods == 0) {
            return;  // noise on the line: no sample can be there yet
        }
        if (periods - 1 > counted_) {
            this->keeper_.lost(periods - 1 - counted_);
        }
        counted_ = 0;
        first_ = false;
        last_us_ = at_us;
        this->keeper_.came_late(now_us - at_us);
        if (this->chip_.read(this->raw_) == Scan::GOOD) {
            this->keep();
        } else {
            this->throw_away();
        }
    }

  private:
    static constexpr uint32_t SETTLING_PERIODS = 8;

    // The falls themselves where the clock agrees to a sixteenth; the clock where it does not.
    uint32_t periods_since(uint32_t falls, uint32_t at_us) const {
        if (first_ && counted_ == 0) {
            return 1;
        }
        const int32_t elapsed_us = static_cast<int32_t>(at_us - last_us_);
        if (elapsed_us < 0) {
            return 0;
        }
        const uint32_t by_clock = (static_cast<uint32_t>(elapsed_us) + period_us_ / 2) / period_us_;
        const uint32_t apart = falls > by_clock ? falls - by_clock : by_clock - falls;
        return apart <= by_clock / 16 ? falls : by_clock;
    }

    void count_silence(uint32_t now_us) {
        const int32_t elapsed_us = static_cast<int32_t>(now_us - last_us_);
        const uint32_t periods =
            elapsed_us < 0 ? 0 : static_cast<uint32_t>(elapsed_us) / period_us_;
        if (periods < 2 || periods - 1 <= counted_) {
            return;
        }
        const uint32_t more = periods - 1 - counted_;
        const uint32_t patience = this->settings_.rate_hz / 2;  // half a second
        const bool patience_ends = (counted_ + more) / patience != counted_ / patience;
        this->keeper_.lost(more);
        counted_ += more;
        if (patience_ends) {
            this->set_up_anew();
        }
    }

    uint32_t seen_ = 0;
    uint32_t last_us_ = 0;
    uint32_t counted_ = 0;  // periods of the present silence that were counted as lost
    uint32_t period_us_ = 1000;
    bool first_ = true;
};

}  // namespace emg
