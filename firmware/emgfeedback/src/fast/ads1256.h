// ADS1256: 24 bits, eight inputs one after another, SPI. NOT RUN ON HARDWARE.
//
// Registers and times as in Texas Instruments' data sheet SBAS288, for its 7.68 MHz crystal and a
// reference of 2.5 V: +-5 V without gain, inputs against AINCOM, 30 000 conversions per second of
// which a changed input needs 210 us. A value carries no check of its own, so STATUS and MUX are
// read behind it in the same breath: a clock pulse too many or too few shifts them, and an input
// that was not the wanted one shows.
#pragma once

#include "ports.h"
#include "window.h"

namespace emg {

class Ads1256 {
  public:
    static constexpr WindowShape WINDOW{24, 10000, 2500, true};

    explicit Ads1256(SpiPort& port) : port_(port) {}

    bool begin(uint16_t rate_hz, uint8_t channels);
    void end() {}
    void begin_scan(uint32_t now_us);
    Scan step(uint32_t now_us, int32_t* raw);

  private:
    void convert(uint8_t channel, uint32_t now_us);
    void write_register(uint8_t number, uint8_t value);

    SpiPort& port_;
    uint32_t began_us_ = 0;
    uint8_t channels_ = 1;
    uint8_t channel_ = 0;
};

}  // namespace emg
