// What a builder may change, and what each board is. Impossible sets do not compile.
#pragma once

#include <stdint.h>

#ifndef EMG_BAUD
#define EMG_BAUD 500000
#endif

// Fast boards (Uno R4, RP2040, ESP32, Teensy) can read an external converter: take the slashes away.
// #define EMG_ADS1115
// #define EMG_ADS1256
// #define EMG_ADS1299

#if defined(ARDUINO_AVR_UNO)
#define EMG_BOARD_ID 1
#define EMG_MAX_CHANNELS 6
#elif defined(ARDUINO_AVR_NANO)
#define EMG_BOARD_ID 2
#define EMG_MAX_CHANNELS 8
#elif defined(ARDUINO_AVR_MEGA2560)
#define EMG_BOARD_ID 3
#define EMG_MAX_CHANNELS 8
#elif defined(ARDUINO_AVR_LEONARDO)
#define EMG_BOARD_ID 4
#define EMG_MAX_CHANNELS 6
#elif defined(ARDUINO_ARCH_RENESAS) || defined(ARDUINO_ARCH_RP2040) || \
    defined(ARDUINO_ARCH_ESP32) || defined(TEENSYDUINO)
#include "config_fast_boards.h"
#elif defined(EMG_HOST_TEST)
#define EMG_BOARD_ID 1
#define EMG_MAX_CHANNELS 8
#else
#error "emgfeedback runs on Arduino Uno, Nano, Mega 2560, Leonardo, Uno R4, RP2040, ESP32 and Teensy."
#endif

#ifndef EMG_CHANNELS
#define EMG_CHANNELS 6
#endif

#ifndef EMG_SENSOR_GAIN
#define EMG_SENSOR_GAIN 200  // MyoWare 2.0, RAW output
#endif

#ifndef EMG_VREF_MV
#define EMG_VREF_MV 5000  // the ADC measures against the board's 5 V supply
#endif

#ifndef EMG_RATE_HZ
#define EMG_RATE_HZ 1000
#endif

namespace emg {

constexpr uint32_t CPU_HZ = 16000000UL;  // fast boards: only the unit of lateness
constexpr uint8_t FIRMWARE_MAJOR = 1;
constexpr uint8_t FIRMWARE_MINOR = 0;
constexpr uint8_t FIRMWARE_PATCH = 0;

constexpr uint8_t MAX_CHANNELS = EMG_MAX_CHANNELS;
constexpr uint8_t DEFAULT_CHANNELS = EMG_CHANNELS;
constexpr uint16_t DEFAULT_RATE_HZ = EMG_RATE_HZ;
constexpr uint32_t BAUD = EMG_BAUD;
constexpr uint16_t VREF_MV = EMG_VREF_MV;
constexpr uint16_t SENSOR_GAIN = EMG_SENSOR_GAIN;

#ifdef EMG_CONVERTER_CAN_FAIL
constexpr bool CONVERTER_CAN_FAIL = true;
#else
constexpr bool CONVERTER_CAN_FAIL = false;
#endif

constexpr uint8_t RING_SAMPLES = 16;

#if defined(F_CPU) && !defined(EMG_FAST_BOARD)
static_assert(F_CPU == CPU_HZ, "the sampling timer is laid out for a 16 MHz board");
#endif
static_assert(DEFAULT_CHANNELS >= 1 && DEFAULT_CHANNELS <= MAX_CHANNELS,
              "EMG_CHANNELS must be 1 to the number of analogue pins of the board");
static_assert(CPU_HZ % (8 * BAUD) == 0, "EMG_BAUD must divide 2 MHz exactly: 250000 or 500000");

}  // namespace emg
