// An external converter at a fast board, on its SPI or I2C pins. NOT RUN ON HARDWARE.
#include "../../config.h"

#ifdef EMG_CONVERTER_CAN_FAIL

#include <Arduino.h>

#if defined(EMG_ADS1115)
#include <Wire.h>

#include "ads1115.h"
#elif defined(EMG_ADS1256)
#include <SPI.h>

#include "ads1256.h"
#else
#include <SPI.h>

#include "ads1299.h"
#endif
#include "converter_sampler.h"
#include "fast_boards.h"

#ifndef EMG_SELECT_PIN
#ifdef ARDUINO_ARCH_ESP32
#define EMG_SELECT_PIN 5  // 6 to 11 belong to its flash memory
#else
#define EMG_SELECT_PIN 10
#endif
#endif
#ifndef EMG_READY_PIN
#define EMG_READY_PIN 2
#endif

namespace emg {

namespace {

#if defined(EMG_ADS1115)

class Wires : public I2cPort {
  public:
    void begin() {
        Wire.begin();
        Wire.setClock(400000);
    }

    bool write(uint8_t address, const uint8_t* bytes, uint8_t length) override {
        Wire.beginTransmission(address);
        Wire.write(bytes, length);
        return Wire.endTransmission() == 0;
    }

    bool read(uint8_t address, uint8_t* bytes, uint8_t length) override {
        if (Wire.requestFrom(address, length) != length) {
            return false;
        }
        for (uint8_t i = 0; i < length; ++i) {
            bytes[i] = static_cast<uint8_t>(Wire.read());
        }
        return true;
    }
};

#else

volatile uint32_t falls = 0;
volatile uint32_t fell_us = 0;

void on_ready() {
    fell_us = micros();
    falls = falls + 1;
}

class Wires : public SpiPort {
  public:
    void begin() {
        pinMode(EMG_SELECT_PIN, OUTPUT);
        digitalWrite(EMG_SELECT_PIN, HIGH);
        pinMode(EMG_READY_PIN, INPUT_PULLUP);
        SPI.begin();
        attachInterrupt(digitalPinToInterrupt(EMG_READY_PIN), on_ready, FALLING);
    }

    void select(bool on) override {
        if (on) {
            SPI.beginTransaction(SPISettings(CLOCK_HZ, MSBFIRST, SPI_MODE1));
        }
        digitalWrite(EMG_SELECT_PIN, on ? LOW : HIGH);
        if (!on) {
            SPI.endTransaction();
        }
    }

    uint8_t transfer(uint8_t byte) override { return SPI.transfer(byte); }
    void wait_us(uint32_t us) override { delayMicroseconds(us); }
    bool ready_is_low() override { return digitalRead(EMG_READY_PIN) == LOW; }
    uint32_t ready_falls() override { return falls; }
    uint32_t last_fall_us() override { return fell_us; }

  private:
#if defined(EMG_ADS1256)
    static constexpr uint32_t CLOCK_HZ = 1600000;  // a quarter of its crystal at most
#else
    static constexpr uint32_t CLOCK_HZ = 4000000;  // above, commands would need pauses
#endif
};

#endif

Wires wires;
#if defined(EMG_ADS1115)
Ads1115 chip(wires);
PacedSampler<Ads1115> sampler(chip);
static_assert(Ads1115::WINDOW.window_mv == VREF_MV, "the identity names another window");
#elif defined(EMG_ADS1256)
Ads1256 chip(wires);
PacedSampler<Ads1256> sampler(chip);
static_assert(Ads1256::WINDOW.window_mv == VREF_MV, "the identity names another window");
#else
Ads1299 chip(wires);
ReadySampler<Ads1299> sampler(chip);
static_assert(Ads1299::WINDOW.window_mv == VREF_MV, "the identity names another window");
#endif

}  // namespace

namespace board {

void begin_fast_sampler() {
    wires.begin();
}

void poll_fast_sampler() {
    sampler.poll(micros());
}

bool converter_answers(const Settings& settings) {
    return sampler.answers(settings);
}

void start_sampling(const Plan& plan, uint8_t channels, uint8_t) {
    sampler.start(plan, channels, micros());
}

void stop_sampling() {
    sampler.stop();
}

bool scanning() {
    return sampler.scanning();
}

const Sample* oldest_sample() {
    return sampler.keeper().oldest();
}

void release_sample() {
    sampler.keeper().release();
}

SamplerCounts sampler_counts() {
    return sampler.keeper().counts();
}

Lateness lateness() {
    return sampler.keeper().lateness();
}

}  // namespace board
}  // namespace emg

#endif
