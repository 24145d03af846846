// From a converter's 16 or 24 bits to the 15 that go over the wire.
//
// A window, a whole number of millivolts wide, is cut out of the converter's range; its full scale
// is 32768 codes. Codes 0 and 32767 mean "outside": the host takes both for saturation, so nothing
// is clipped unseen. Where the window is narrower than the range it follows the slow mean of the
// input (electrode offsets are a thousand times a resting muscle): a first-order high-pass at
// rate / (2 pi 2^k), which is 0.31 Hz at every rate. A reading at an end of the converter itself
// is outside too and does not move the window: a rail must not be followed into the middle.
#pragma once

#include <stdint.h>

namespace emg {

struct WindowShape {
    uint8_t raw_bits;      // of the converter, signed
    uint16_t raw_span_mv;  // what 2^raw_bits codes stand for
    uint16_t window_mv;    // what 32768 wire codes stand for
    bool follows_mean;     // else the window begins at 0 V
};

class Window {
  public:
    static constexpr int32_t CODES = 32768;
    static constexpr uint16_t BELOW = 0;
    static constexpr uint16_t ABOVE = 32767;

    void begin(const WindowShape& shape, uint16_t rate_hz) {
        shape_ = shape;
        settled_ = false;
        mean_log2_ = 7;
        for (uint16_t rate = 250; rate < rate_hz; rate = static_cast<uint16_t>(rate * 2)) {
            ++mean_log2_;
        }
    }

    uint16_t code(int32_t raw) {
        const int32_t end = int32_t{1} << (shape_.raw_bits - 1);
        if (raw >= end - 1) {
            return ABOVE;
        }
        if (raw <= -end) {
            return BELOW;
        }
        int64_t from_middle = raw;
        if (shape_.follows_mean) {
            from_middle = raw - follow(raw);
        }
        const int64_t numerator = from_middle * shape_.raw_span_mv * CODES;
        const int64_t denominator = (int64_t{1} << shape_.raw_bits) * shape_.window_mv;
        int64_t code = nearest(numerator, denominator);
        code += shape_.follows_mean ? CODES / 2 : 0;
        if (code <= BELOW) {
            return BELOW;
        }
        return code >= ABOVE ? ABOVE : static_cast<uint16_t>(code);
    }

  private:
    // The mean before this reading; the reading then moves it by 1 / 2^k of the difference.
    int32_t follow(int32_t raw) {
        const int64_t scale = int64_t{1} << mean_log2_;
        if (!settled_) {
            settled_ = true;
            scaled_mean_ = raw * scale;
        }
        const int32_t mean = static_cast<int32_t>(nearest(scaled_mean_, scale));
        scaled_mean_ += raw - mean;
        return mean;
    }

    static int64_t nearest(int64_t numerator, int64_t denominator) {
        const int64_t half = denominator / 2;
        return (numerator >= 0 ? numerator + half : numerator - half) / denominator;
    }

    WindowShape shape_{};
    int64_t scaled_mean_ = 0;
    uint8_t mean_log2_ = 7;
    bool settled_ = false;
};

}  // namespace emg
