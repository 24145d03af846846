#include "ads1115.h"

#include "../../config.h"

#ifdef EMG_ADS1115

namespace emg {

constexpr WindowShape Ads1115::WINDOW;

namespace {

constexpr uint8_t ADDRESS = 0x48;  // ADDR tied to ground
constexpr uint8_t CONVERSION = 0;
constexpr uint8_t CONFIG = 1;
constexpr uint16_t IDLE_OR_START = 0x8000;
constexpr uint16_t INPUT_0_TO_GROUND = 0x4000;
constexpr uint16_t RANGE_4096_MV = 0x0200;
constexpr uint16_t SINGLE = 0x0100;
constexpr uint16_t RATE_860 = 0x00E0;
constexpr uint16_t NO_COMPARATOR = 0x0003;
constexpr uint32_t LONGEST_US = 2000;  // 860 per second, 10 % slow, would be 1.3 ms

uint16_t configuration(uint8_t channel) {
    return static_cast<uint16_t>(INPUT_0_TO_GROUND + (channel << 12) + RANGE_4096_MV + SINGLE +
                                 RATE_860 + NO_COMPARATOR);
}

}  // namespace

bool Ads1115::begin(uint16_t, uint8_t channels) {
    channels_ = channels;
    const uint16_t held = configuration(3);
    const uint8_t bytes[] = {CONFIG, static_cast<uint8_t>(held >> 8),
                             static_cast<uint8_t>(held & 0xFF)};
    uint16_t seen = 0;
    return port_.write(ADDRESS, bytes, 3) && read_register(CONFIG, seen) &&
           (seen & ~IDLE_OR_START) == held;
}

void Ads1115::begin_scan(uint32_t now_us) {
    channel_ = 0;
    damaged_ = !convert(0, now_us);
}

bool Ads1115::convert(uint8_t channel, uint32_t now_us) {
    wanted_ = configuration(channel);
    began_us_ = now_us;
    const uint16_t start = static_cast<uint16_t>(wanted_ | IDLE_OR_START);
    const uint8_t bytes[] = {CONFIG, static_cast<uint8_t>(start >> 8),
                             static_cast<uint8_t>(start & 0xFF)};
    return port_.write(ADDRESS, bytes, 3);
}

bool Ads1115::read_register(uint8_t number, uint16_t& value) {
    uint8_t bytes[2];
    if (!port_.write(ADDRESS, &number, 1) || !port_.read(ADDRESS, bytes, 2)) {
        return false;
    }
    value = static_cast<uint16_t>(bytes[0] << 8 | bytes[1]);
    return true;
}

Scan Ads1115::step(uint32_t now_us, int32_t* raw) {
    uint16_t state = 0;
    if (damaged_ || !read_register(CONFIG, state) || (state & ~IDLE_OR_START) != wanted_) {
        return Scan::DAMAGED;
    }
    if ((state & IDLE_OR_START) == 0) {
        return now_us - began_us_ > LONGEST_US ? Scan::DAMAGED : Scan::RUNNING;
    }
    uint16_t value = 0;
    if (!read_register(CONVERSION, value)) {
        return Scan::DAMAGED;
    }
    raw[channel_] = static_cast<int16_t>(value);
    if (++channel_ == channels_) {
        return Scan::GOOD;
    }
    damaged_ = !convert(channel_, now_us);
    return damaged_ ? Scan::DAMAGED : Scan::RUNNING;
}

}  // namespace emg

#endif
