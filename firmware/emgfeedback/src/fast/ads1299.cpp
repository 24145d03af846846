#include "ads1299.h"

#include "../../config.h"

#ifdef EMG_ADS1299

namespace emg {

constexpr WindowShape Ads1299::WINDOW;

namespace {

constexpr uint8_t RESET = 0x06;
constexpr uint8_t START = 0x08;
constexpr uint8_t STOP = 0x0A;
constexpr uint8_t RDATAC = 0x10;
constexpr uint8_t SDATAC = 0x11;
constexpr uint8_t RREG = 0x20;
constexpr uint8_t WREG = 0x40;

constexpr uint8_t ID = 0x00;
constexpr uint8_t CONFIG1 = 0x01;
constexpr uint8_t CONFIG2 = 0x02;
constexpr uint8_t CONFIG3 = 0x03;
constexpr uint8_t CH1SET = 0x05;
constexpr uint8_t BIAS_SENSP = 0x0D;
constexpr uint8_t BIAS_SENSN = 0x0E;

constexpr uint8_t ID_MASK = 0x1C;       // fixed one, and the kind of chip
constexpr uint8_t ID_ADS1299 = 0x1C;
constexpr uint8_t NO_DAISY_CHAIN = 0x90;  // with the bits that must be written so
constexpr uint8_t NO_TEST_SIGNAL = 0xC0;
constexpr uint8_t REFERENCE_AND_BIAS_ON = 0xEC;
constexpr uint8_t GAIN_24 = 0x60;
constexpr uint8_t OFF_AND_SHORTED = 0x81;

constexpr uint32_t BETWEEN_COMMANDS_US = 3;  // 4 clocks of 2.048 MHz
constexpr uint32_t RESET_US = 20;            // 18 clocks
constexpr uint32_t REFERENCE_US = 150000;    // the reference comes up

uint8_t data_rate(uint16_t rate_hz) {
    return rate_hz == 2000 ? 3 : rate_hz == 1000 ? 4 : rate_hz == 500 ? 5 : 6;
}

}  // namespace

void Ads1299::command(uint8_t code) {
    port_.transfer(code);
    port_.wait_us(BETWEEN_COMMANDS_US);
}

void Ads1299::write_register(uint8_t number, uint8_t value) {
    command(static_cast<uint8_t>(WREG | number));
    command(0);  // one register
    command(value);
}

uint8_t Ads1299::read_register(uint8_t number) {
    command(static_cast<uint8_t>(RREG | number));
    command(0);
    return port_.transfer(0);
}

bool Ads1299::begin(uint16_t rate_hz, uint8_t channels) {
    channels_ = channels;
    port_.select(true);
    command(SDATAC);  // while it sends data it does not hear of registers
    command(RESET);
    port_.wait_us(RESET_US);
    command(SDATAC);  // it wakes sending data
    const uint8_t id = read_register(ID);
    chip_channels_ = static_cast<uint8_t>(4 + 2 * (id & 3));
    bool right = (id & ID_MASK) == ID_ADS1299 && (id & 3) != 3 && channels <= chip_channels_;
    const uint8_t config1 = static_cast<uint8_t>(NO_DAISY_CHAIN | data_rate(rate_hz));
    write_register(CONFIG1, config1);
    write_register(CONFIG2, NO_TEST_SIGNAL);
    write_register(CONFIG3, REFERENCE_AND_BIAS_ON);
    port_.wait_us(right ? REFERENCE_US : 0);
    uint8_t used = 0;
    for (uint8_t channel = 0; channel < chip_channels_ && channel < 8; ++channel) {
        const bool on = channel < channels;
        used = static_cast<uint8_t>(used | (on ? 1U << channel : 0U));
        const uint8_t setting = on ? GAIN_24 : OFF_AND_SHORTED;
        write_register(static_cast<uint8_t>(CH1SET + channel), setting);
        right = right && read_register(static_cast<uint8_t>(CH1SET + channel)) == setting;
    }
    write_register(BIAS_SENSP, used);
    write_register(BIAS_SENSN, used);
    right = right && read_register(CONFIG1) == config1 &&
            (read_register(CONFIG3) & 0xFE) == REFERENCE_AND_BIAS_ON;
    if (right) {
        command(START);
        command(RDATAC);
    }
    port_.select(false);
    return right;
}

void Ads1299::end() {
    port_.select(true);
    command(SDATAC);
    command(STOP);
    port_.select(false);
}

Scan Ads1299::read(int32_t* raw) {
    const uint32_t falls = port_.ready_falls();
    port_.select(true);
    const uint8_t head = port_.transfer(0);
    port_.transfer(0);
    port_.transfer(0);
    for (uint8_t channel = 0; channel < chip_channels_; ++channel) {
        const int32_t value = next_signed_24(port_);
        if (channel < channels_) {
            raw[channel] = value;
        }
    }
    port_.select(false);
    const bool whole = head >> 4 == 0xC && port_.ready_falls() == falls;
    return whole ? Scan::GOOD : Scan::DAMAGED;
}

}  // namespace emg

#endif
