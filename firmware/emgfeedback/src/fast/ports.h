// The wires to an external converter. The board's Arduino functions stand behind them, and on the
// PC a model of the chip.
#pragma once

#include <stdint.h>

namespace emg {

class I2cPort {
  public:
    virtual ~I2cPort() = default;

    // False where the chip does not acknowledge.
    virtual bool write(uint8_t address, const uint8_t* bytes, uint8_t length) = 0;
    virtual bool read(uint8_t address, uint8_t* bytes, uint8_t length) = 0;
};

class SpiPort {
  public:
    virtual ~SpiPort() = default;
    virtual void select(bool on) = 0;
    virtual uint8_t transfer(uint8_t byte) = 0;
    virtual void wait_us(uint32_t us) = 0;

    // Level of the ready line, which is low when a conversion waits.
    virtual bool ready_is_low() = 0;

    // Falls of the ready line so far, and when the last one was; kept by an interrupt.
    virtual uint32_t ready_falls() = 0;
    virtual uint32_t last_fall_us() = 0;
};

// The next three bytes: a signed number of 24 bits, highest first.
inline int32_t next_signed_24(SpiPort& port) {
    uint32_t value = 0;
    for (uint8_t i = 0; i < 3; ++i) {
        value = value << 8 | port.transfer(0);
    }
    return static_cast<int32_t>(value << 8) / 256;
}

// How a scan of all channels stands.
enum class Scan : uint8_t { RUNNING, GOOD, DAMAGED };

}  // namespace emg
