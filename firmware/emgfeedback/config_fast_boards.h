// Boards with a fast processor and, if wanted, an external converter. Taken in by config.h.
//
// NOT RUN ON HARDWARE: these programs were compiled and run on a PC only, against a model of the
// Arduino functions they call and models of the converters. What stands here about speed is from
// data sheets, with room to spare; GET_JITTER tells what a real board takes.
#pragma once

#include <stdint.h>

#define EMG_FAST_BOARD

#if defined(ARDUINO_ARCH_RENESAS)
#define EMG_BARE_BOARD_ID 5
#define EMG_PIN_CHANNELS 6
#elif defined(ARDUINO_ARCH_RP2040)
#define EMG_BARE_BOARD_ID 6
#define EMG_PIN_CHANNELS 3  // the fourth input of a Pico measures its supply
#elif defined(ARDUINO_ARCH_ESP32)
#define EMG_BARE_BOARD_ID 7
#define EMG_PIN_CHANNELS 6
#else
#define EMG_BARE_BOARD_ID 8
#define EMG_PIN_CHANNELS 8
#endif

#if defined(EMG_ADS1115) + defined(EMG_ADS1256) + defined(EMG_ADS1299) > 1
#error "Choose one converter: EMG_ADS1115, EMG_ADS1256 or EMG_ADS1299."
#endif

#if defined(EMG_ADS1115) || defined(EMG_ADS1256) || defined(EMG_ADS1299)
#define EMG_CONVERTER_CAN_FAIL
#endif

#if defined(EMG_ADS1115)
#define EMG_BOARD_ID (EMG_BARE_BOARD_ID + 16)
#define EMG_MAX_CHANNELS 4
#define EMG_VREF_MV 4096
#ifndef EMG_CHANNELS
#define EMG_CHANNELS 2
#endif
#define EMG_RATE_HZ 250
#elif defined(EMG_ADS1256)
#define EMG_BOARD_ID (EMG_BARE_BOARD_ID + 32)
#define EMG_MAX_CHANNELS 8
#define EMG_VREF_MV 2500  // the window, of the +-5 V that the chip measures
#ifndef EMG_CHANNELS
#define EMG_CHANNELS 2
#endif
#elif defined(EMG_ADS1299)
#define EMG_BOARD_ID (EMG_BARE_BOARD_ID + 48)
#define EMG_MAX_CHANNELS 8
#define EMG_VREF_MV 6  // the window, of the +-187.5 mV that the chip measures
#ifndef EMG_SENSOR_GAIN
#define EMG_SENSOR_GAIN 1  // electrodes straight at the chip; its own gain is in the window
#endif
#else
#define EMG_BOARD_ID EMG_BARE_BOARD_ID
#define EMG_MAX_CHANNELS EMG_PIN_CHANNELS
#ifndef EMG_CHANNELS
#define EMG_CHANNELS EMG_PIN_CHANNELS
#endif
#ifndef EMG_VREF_MV
#if defined(ARDUINO_ARCH_RENESAS)
#define EMG_VREF_MV 5000
#elif defined(ARDUINO_ARCH_ESP32)
#define EMG_VREF_MV 4096  // the core gives calibrated millivolts: one code each
#else
#define EMG_VREF_MV 3300
#endif
#endif
#endif

namespace emg {

// Codes stay below 2^15, so that the full scale fits its field and is a power of two.
constexpr uint16_t LARGEST_FULL_SCALE = 32768;

// How one code comes about.
struct Conversion {
    uint8_t bits;         // of a code
    uint8_t most_summed;  // 1: never summed
    bool simultaneous;    // all channels at one moment; else one after the other
    uint16_t longest_us;  // of a channel, or of all where simultaneous
    uint16_t clock_khz;   // 0: not known
};

#if defined(EMG_ADS1115)  // 860 per s less 10 %, wake-up, I2C at 400 kHz
constexpr Conversion CONVERTER = {15, 1, false, 1650, 250};
#elif defined(EMG_ADS1256)  // 210 us to settle, SPI at 1.6 MHz
constexpr Conversion CONVERTER = {15, 1, false, 320, 1920};
#elif defined(EMG_ADS1299)  // reading all channels, SPI at 4 MHz
constexpr Conversion CONVERTER = {15, 1, true, 100, 1024};
#elif defined(ARDUINO_ARCH_RENESAS)
constexpr Conversion CONVERTER = {14, 4, false, 25, 0};
#elif defined(ARDUINO_ARCH_RP2040)
constexpr Conversion CONVERTER = {12, 4, false, 5, 48000};
#elif defined(ARDUINO_ARCH_ESP32)
constexpr Conversion CONVERTER = {12, 4, false, 100, 0};
#else
constexpr Conversion CONVERTER = {12, 4, false, 12, 0};
#endif

// Sums that would pass the largest full scale are halved.
constexpr uint8_t sum_shift(uint8_t oversample) {
    return (uint32_t{oversample} << CONVERTER.bits) > LARGEST_FULL_SCALE ? 1 : 0;
}

constexpr uint16_t fast_full_scale(uint8_t oversample) {
    return static_cast<uint16_t>((uint32_t{oversample} << CONVERTER.bits) >> sum_shift(oversample));
}

}  // namespace emg
