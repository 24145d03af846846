#include "ads1256.h"

#include "../../config.h"

#ifdef EMG_ADS1256

namespace emg {

constexpr WindowShape Ads1256::WINDOW;

namespace {

constexpr uint8_t WAKEUP = 0x00;
constexpr uint8_t RDATA = 0x01;
constexpr uint8_t RREG = 0x10;
constexpr uint8_t WREG = 0x50;
constexpr uint8_t SELFCAL = 0xF0;
constexpr uint8_t SYNC = 0xFC;
constexpr uint8_t RESET = 0xFE;

constexpr uint8_t STATUS = 0;
constexpr uint8_t MUX = 1;
constexpr uint8_t ADCON = 2;
constexpr uint8_t DRATE = 3;

constexpr uint8_t IDENTITY = 3;  // upper half of STATUS
constexpr uint8_t AINCOM = 8;
constexpr uint8_t GAIN_1 = 0x00;  // and no clock output, no sensor detection
constexpr uint8_t RATE_30000 = 0xF0;

constexpr uint32_t READ_DELAY_US = 7;    // t6: 50 clocks
constexpr uint32_t SYNC_DELAY_US = 4;    // t11: 24 clocks
constexpr uint32_t LONGEST_US = 300;
constexpr uint32_t RESET_US = 2000;      // and the calibration that follows it
constexpr uint32_t CALIBRATION_US = 2000;

}  // namespace

void Ads1256::write_register(uint8_t number, uint8_t value) {
    port_.transfer(static_cast<uint8_t>(WREG | number));
    port_.transfer(0);  // one register
    port_.transfer(value);
}

bool Ads1256::begin(uint16_t, uint8_t channels) {
    channels_ = channels;
    port_.select(true);
    port_.transfer(RESET);
    port_.wait_us(RESET_US);
    write_register(STATUS, 0);  // highest bit first, no buffer: inputs reach the supply
    write_register(ADCON, GAIN_1);
    write_register(DRATE, RATE_30000);
    port_.transfer(SELFCAL);
    port_.wait_us(CALIBRATION_US);
    port_.transfer(RREG | STATUS);
    port_.transfer(3);  // four registers
    port_.wait_us(READ_DELAY_US);
    const uint8_t status = port_.transfer(0);
    port_.transfer(0);
    const uint8_t adcon = port_.transfer(0);
    const uint8_t drate = port_.transfer(0);
    port_.select(false);
    return status >> 4 == IDENTITY && (adcon & 0x7F) == GAIN_1 && drate == RATE_30000;
}

void Ads1256::begin_scan(uint32_t now_us) {
    channel_ = 0;
    convert(0, now_us);
}

void Ads1256::convert(uint8_t channel, uint32_t now_us) {
    began_us_ = now_us;
    port_.select(true);
    write_register(MUX, static_cast<uint8_t>(channel << 4 | AINCOM));
    port_.transfer(SYNC);
    port_.wait_us(SYNC_DELAY_US);
    port_.transfer(WAKEUP);
    port_.select(false);
}

Scan Ads1256::step(uint32_t now_us, int32_t* raw) {
    // A line stuck low would say "ready" at once: no value is believed before it can be there.
    const uint32_t waited_us = now_us - began_us_;
    if (waited_us < 200) {
        return port_.ready_is_low() && waited_us > 100 ? Scan::DAMAGED : Scan::RUNNING;
    }
    if (!port_.ready_is_low()) {
        return waited_us > LONGEST_US ? Scan::DAMAGED : Scan::RUNNING;
    }
    port_.select(true);
    port_.transfer(RDATA);
    port_.wait_us(READ_DELAY_US);
    const int32_t value = next_signed_24(port_);
    port_.transfer(RREG | STATUS);
    port_.transfer(1);  // two registers
    port_.wait_us(READ_DELAY_US);
    const uint8_t status = port_.transfer(0);
    const uint8_t mux = port_.transfer(0);
    port_.select(false);
    if (status >> 4 != IDENTITY || mux != (channel_ << 4 | AINCOM)) {
        return Scan::DAMAGED;
    }
    raw[channel_] = value;
    if (++channel_ == channels_) {
        return Scan::GOOD;
    }
    convert(channel_, now_us);
    return Scan::RUNNING;
}

}  // namespace emg

#endif
