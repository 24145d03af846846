// Numbers the samples of a fast board and counts what is lost; the twin of the AVR sampler's tally.
#pragma once

#include "../core/board.h"
#include "../core/rings.h"

namespace emg {

class SampleKeeper {
  public:
    // Only while nothing stores.
    void begin(const Plan& plan, uint8_t channels) {
        ring_.clear();
        period_us_ = plan.period_us;
        channels_ = channels;
        next_number_ = overruns_ = unread_ = ticks_ = halved_at_ = late_sum_ = 0;
        late_min_ = 0xFFFF;
        late_max_ = longest_ = 0;
        losses_ = 0;
    }

    // Ticks at which the converter was still busy.
    void overran(uint32_t ticks) {
        next_number_ += ticks;
        overruns_ += ticks;
        losses_ |= ticks != 0 ? FLAG_OVERRUN : 0;
    }

    // Conversions that were never read, or read damaged.
    void lost(uint32_t samples) {
        next_number_ += samples;
        unread_ += samples;
        losses_ |= samples != 0 ? FLAG_DROPPED : 0;
    }

    void came_late(uint32_t late_us) {
        const uint16_t kept = cycles(late_us);
        late_min_ = kept < late_min_ ? kept : late_min_;
        late_max_ = kept > late_max_ ? kept : late_max_;
        if (mean_must_be_halved(late_sum_ + kept, ticks_in_mean())) {
            late_sum_ /= 2;
            halved_at_ = ticks_ - ticks_in_mean() / 2;
        }
        late_sum_ += kept;
        ++ticks_;
    }

    void took(uint32_t burst_us) {
        const uint16_t kept = cycles(burst_us);
        longest_ = kept > longest_ ? kept : longest_;
    }

    void store(const uint16_t* codes) {
        const uint32_t number = next_number_;
        next_number_ = number + 1;
        Sample* slot = ring_.reserve();
        if (slot == nullptr) {
            losses_ |= FLAG_DROPPED;
            return;
        }
        slot->number = number;
        slot->flags = losses_;
        losses_ = 0;
        for (uint8_t channel = 0; channel < channels_; ++channel) {
            slot->counts[channel] = codes[channel];
        }
        ring_.commit();
    }

    const Sample* oldest() const { return ring_.front(); }
    void release() { ring_.pop(); }
    uint16_t period_us() const { return period_us_; }
    uint8_t channels() const { return channels_; }

    // Only while nothing stores.
    SamplerCounts counts() const {
        return {next_number_, ring_.dropped() + unread_, overruns_, ring_.high_water()};
    }

    Lateness lateness() const {
        return {ticks_, ticks_ == 0 ? uint16_t{0} : late_min_, late_max_,
                mean_x256(late_sum_, ticks_in_mean()), longest_};
    }

  private:
    static uint16_t cycles(uint32_t us) {
        const uint32_t all = us * (CPU_HZ / 1000000UL);
        return all > 0xFFFF ? uint16_t{0xFFFF} : static_cast<uint16_t>(all);
    }

    uint32_t ticks_in_mean() const { return ticks_ - halved_at_; }

    SampleRing ring_;
    uint32_t next_number_ = 0;
    uint32_t overruns_ = 0;
    uint32_t unread_ = 0;
    uint32_t ticks_ = 0;
    uint32_t halved_at_ = 0;
    uint32_t late_sum_ = 0;
    uint16_t late_min_ = 0xFFFF;
    uint16_t late_max_ = 0;
    uint16_t longest_ = 0;
    uint16_t period_us_ = 1000;
    uint8_t channels_ = 0;
    uint8_t losses_ = 0;
};

// The beat a sampler should keep, by the board's own clock: a timer that skips a turn because the
// one before was still at work says nothing of it, but the clock does.
class Beat {
  public:
    void begin(uint32_t now_us, uint16_t period_us) {
        due_us_ = now_us + period_us;
        period_us_ = period_us;
    }

    bool due(uint32_t now_us) const { return static_cast<int32_t>(now_us - due_us_) >= 0; }

    // Takes the turn that begins now; returns how many whole turns were missed before it.
    uint32_t take(uint32_t now_us) {
        const int32_t ahead = static_cast<int32_t>(now_us - due_us_);
        late_us_ = ahead > 0 ? static_cast<uint32_t>(ahead) : 0;
        const uint32_t missed = late_us_ / period_us_;
        late_us_ -= missed * period_us_;
        due_us_ += (missed + 1) * period_us_;
        return missed;
    }

    // For a timer of its own, whose clock may drift against ours: the beat leans towards it.
    uint32_t take_from_timer(uint32_t now_us) {
        const int32_t ahead = static_cast<int32_t>(now_us - due_us_);
        const uint32_t missed = take(now_us);
        due_us_ += ahead < 0 ? static_cast<uint32_t>(ahead) : late_us_ / 16;
        return missed;
    }

    uint32_t late_us() const { return late_us_; }

  private:
    uint32_t due_us_ = 0;
    uint32_t late_us_ = 0;
    uint32_t period_us_ = 1000;
};

}  // namespace emg
