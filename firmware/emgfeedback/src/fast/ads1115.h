// ADS1115: 16 bits, four inputs one after another, I2C. NOT RUN ON HARDWARE.
//
// Registers as in Texas Instruments' data sheet SBAS444. Each conversion is started alone (the
// chip has no other way to change inputs in step), at 860 per second, +-4.096 V, input against
// ground. The configuration is read back until it says "done": anything but what was written, a
// missing acknowledgement or a conversion that never ends damages the scan. The chip has no
// identity register; that its registers hold what is written is taken for its identity.
#pragma once

#include "ports.h"
#include "window.h"

namespace emg {

class Ads1115 {
  public:
    static constexpr WindowShape WINDOW{16, 8192, 4096, false};

    explicit Ads1115(I2cPort& port) : port_(port) {}

    bool begin(uint16_t rate_hz, uint8_t channels);
    void end() {}
    void begin_scan(uint32_t now_us);
    Scan step(uint32_t now_us, int32_t* raw);

  private:
    bool convert(uint8_t channel, uint32_t now_us);
    bool read_register(uint8_t number, uint16_t& value);

    I2cPort& port_;
    uint32_t began_us_ = 0;
    uint16_t wanted_ = 0;
    uint8_t channels_ = 1;
    uint8_t channel_ = 0;
    bool damaged_ = false;
};

}  // namespace emg
