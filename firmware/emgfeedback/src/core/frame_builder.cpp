#include "frame_builder.h"

namespace emg {

namespace {

constexpr uint8_t RAMP_CHANNEL_STEP = 97;
constexpr uint8_t SQUARE_HALF_SAMPLES = 50;
constexpr uint8_t SQUARE_CHANNEL_STEP = 32;

}  // namespace

uint16_t test_signal_code(TestSignal signal, uint32_t number, uint8_t channel,
                          uint16_t full_scale) {
    if (signal == TestSignal::RAMP) {
        const uint16_t offset = static_cast<uint16_t>(channel * RAMP_CHANNEL_STEP);
        return static_cast<uint16_t>((number + offset) & (full_scale - 1U));
    }
    const uint16_t middle = full_scale / 2;
    const uint16_t swing = static_cast<uint16_t>(SQUARE_CHANNEL_STEP * (channel + 1U));
    const bool high = ((number / SQUARE_HALF_SAMPLES) & 1) != 0;
    return static_cast<uint16_t>(high ? middle + swing : middle - swing);
}

void FrameBuilder::begin(const Settings& settings, const Plan& plan) {
    period_us_ = plan.period_us;
    samples_per_frame_ = plan.samples_per_frame;
    full_scale_ = settings.full_scale();
    test_ = settings.test;
    channels_ = settings.channels;
    count_ = 0;
    next_number_ = 0;
    flags_ = 0;
    next_flags_ = FLAG_FIRST;
}

bool FrameBuilder::accepts(const Sample& sample) const {
    return count_ == 0 || sample.number == next_number_;
}

void FrameBuilder::add(const Sample& sample) {
    if (count_ == 0) {
        first_ = sample.number;
        flags_ = static_cast<uint8_t>(next_flags_ | sample.flags);
        if (test_ != TestSignal::OFF) {
            flags_ |= FLAG_TEST_SIGNAL;
        }
        next_flags_ = 0;
    }
    Writer writer(packet_ + HEADER_BYTES + DATA_HEAD_BYTES + count_ * channels_ * 2);
    const uint8_t channels = channels_;
    const TestSignal test = test_;
    for (uint8_t channel = 0; channel < channels; ++channel) {
        writer.u16(test == TestSignal::OFF
                       ? sample.counts[channel]
                       : test_signal_code(test, sample.number, channel, full_scale_));
    }
    ++count_;
    next_number_ = sample.number + 1;
}

uint8_t FrameBuilder::close() {
    Writer head(packet_ + HEADER_BYTES);
    head.u32(first_);
    head.u32(first_ * period_us_);
    head.u8(flags_);
    head.u8(count_);
    const uint8_t length = static_cast<uint8_t>(DATA_HEAD_BYTES + count_ * channels_ * 2);
    count_ = 0;
    return seal_packet(packet_, Packet::Data, length);
}

}  // namespace emg
