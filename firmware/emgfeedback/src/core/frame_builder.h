// Gathers samples that follow one another into DATA packets.
#pragma once

#include "settings.h"
#include "wire.h"

namespace emg {

constexpr uint8_t MAX_SAMPLES_PER_FRAME = 8;
constexpr uint8_t MAX_DATA_PACKET_BYTES =
    OVERHEAD_BYTES + DATA_HEAD_BYTES + MAX_SAMPLES_PER_FRAME * MAX_CHANNELS * 2;

// Code of channel `channel` at sample `number` of a test signal.
uint16_t test_signal_code(TestSignal signal, uint32_t number, uint8_t channel, uint16_t full_scale);

class FrameBuilder {
  public:
    // Forgets all and takes the layout of a new stream, whose first packet says so.
    void begin(const Settings& settings, const Plan& plan);

    bool empty() const { return count_ == 0; }
    bool full() const { return count_ == samples_per_frame_; }

    // False where `sample` does not follow the ones held; every loss leaves such a hole.
    bool accepts(const Sample& sample) const;

    // Only where the sample is accepted and the packet is not full.
    void add(const Sample& sample);

    // Number after the last sample added.
    uint32_t next_number() const { return next_number_; }

    // Completes the packet and returns its length; the bytes stand in `bytes` until the next add.
    uint8_t close();
    const uint8_t* bytes() const { return packet_; }

  private:
    uint32_t first_ = 0;
    uint32_t next_number_ = 0;
    uint16_t period_us_ = 0;
    uint16_t full_scale_ = 0;
    TestSignal test_ = TestSignal::OFF;
    uint8_t channels_ = 0;
    uint8_t samples_per_frame_ = 1;
    uint8_t count_ = 0;
    uint8_t flags_ = 0;
    uint8_t next_flags_ = 0;
    uint8_t packet_[MAX_DATA_PACKET_BYTES];
};

}  // namespace emg
