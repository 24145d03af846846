// ADS1299: 24 bits, eight inputs at once with amplifiers of their own, SPI. NOT RUN ON HARDWARE.
//
// Registers as in Texas Instruments' data sheet SBAS499. Gain 24 and the inner reference of 4.5 V:
// +-187.5 mV between the two inputs of a channel. The chip keeps the time: its ready line falls 250,
// 500, 1000 or 2000 times a second, and each fall is one sample whether it is read or not. Every
// reading begins with the bits 1100; without them the reading slipped and is thrown away.
#pragma once

#include "ports.h"
#include "window.h"

namespace emg {

class Ads1299 {
  public:
    static constexpr WindowShape WINDOW{24, 375, 6, true};

    explicit Ads1299(SpiPort& port) : port_(port) {}

    bool begin(uint16_t rate_hz, uint8_t channels);
    void end();

    // Reads the conversion that waits; DAMAGED if it slipped or the next one came meanwhile.
    Scan read(int32_t* raw);

    SpiPort& port() { return port_; }

  private:
    void command(uint8_t code);
    void write_register(uint8_t number, uint8_t value);
    uint8_t read_register(uint8_t number);

    SpiPort& port_;
    uint8_t channels_ = 1;
    uint8_t chip_channels_ = 8;
};

}  // namespace emg
