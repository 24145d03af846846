// The bytes of the protocol, as PROTOCOL.md fixes them. All numbers are little-endian.
#pragma once

#include <stdint.h>

// The compiler, left alone, calls these for every byte of a sample.
#define EMG_INLINE __attribute__((always_inline)) inline

namespace emg {

constexpr uint8_t PROTOCOL_VERSION = 1;
constexpr uint8_t SYNC_1 = 0xA5;
constexpr uint8_t SYNC_2 = 0x5A;
constexpr uint8_t HEADER_BYTES = 4;
constexpr uint8_t CRC_BYTES = 2;
constexpr uint8_t OVERHEAD_BYTES = HEADER_BYTES + CRC_BYTES;

constexpr uint8_t DATA_HEAD_BYTES = 10;
constexpr uint8_t IDENTITY_BYTES = 27;
constexpr uint8_t ACK_BYTES = 2;
constexpr uint8_t STATUS_BYTES = 18;
constexpr uint8_t JITTER_BYTES = 14;
constexpr uint8_t MAX_REPLY_BYTES = IDENTITY_BYTES + OVERHEAD_BYTES;
constexpr uint8_t MAX_COMMAND_PAYLOAD = 8;

// In mixed case because the USB headers of the Arduino core define GET_STATUS and its like.
enum class Packet : uint8_t {
    Data = 0x01,
    Identity = 0x02,
    Ack = 0x03,
    Status = 0x04,
    Jitter = 0x05,
    FirstCommand = 0x40,
    Identify = 0x41,
    Start = 0x42,
    Stop = 0x43,
    SetRate = 0x44,
    SetChannels = 0x45,
    SetTest = 0x46,
    GetJitter = 0x47,
    GetStatus = 0x48,
};

// The rows of firmware/codes.csv; a test holds the two together.
enum class Code : uint8_t {
    OK = 0,
    UNKNOWN_COMMAND = 1,
    BAD_LENGTH = 2,
    BAD_RATE = 3,
    BAD_CHANNELS = 4,
    BURST_TOO_LONG = 5,
    LINK_TOO_SLOW = 6,
    STREAMING = 7,
    BAD_TEST_SIGNAL = 8,
    BAD_OVERSAMPLE = 9,
    CONVERTER_FAULT = 10,
};

constexpr uint8_t FLAG_DROPPED = 0x01;
constexpr uint8_t FLAG_OVERRUN = 0x02;
constexpr uint8_t FLAG_TEST_SIGNAL = 0x04;
constexpr uint8_t FLAG_FIRST = 0x08;

enum class TestSignal : uint8_t { OFF = 0, RAMP = 1, SQUARE = 2 };

// One scan of all channels: `number` counts every tick since START, also those that were lost.
struct Sample {
    uint32_t number;
    uint8_t flags;
    uint16_t counts[8];
};

inline uint16_t crc16_start() {
    return 0xFFFF;
}

// CRC-16/CCITT-FALSE (polynomial 0x1021), one byte, without a table and in 8-bit steps.
inline uint16_t crc16_add(uint16_t crc, uint8_t byte) {
    uint8_t mix = static_cast<uint8_t>((crc >> 8) ^ byte);
    mix = static_cast<uint8_t>(mix ^ (mix >> 4));
    const uint8_t high = static_cast<uint8_t>((crc & 0xFF) ^ (mix << 4) ^ (mix >> 3));
    const uint8_t low = static_cast<uint8_t>(mix ^ (mix << 5));
    return static_cast<uint16_t>((high << 8) | low);
}

uint16_t crc16(const uint8_t* bytes, uint8_t length);

// Writes numbers one after another, lowest byte first.
class Writer {
  public:
    explicit Writer(uint8_t* place) : place_(place) {}

    EMG_INLINE void u8(uint8_t value) { *place_++ = value; }

    EMG_INLINE void u16(uint16_t value) {
        u8(static_cast<uint8_t>(value & 0xFF));
        u8(static_cast<uint8_t>(value >> 8));
    }

    void u32(uint32_t value) {
        u16(static_cast<uint16_t>(value & 0xFFFF));
        u16(static_cast<uint16_t>(value >> 16));
    }

  private:
    uint8_t* place_;
};

// Puts sync, type, length and CRC round a payload that stands at `packet + HEADER_BYTES`;
// returns the length of the whole packet.
uint8_t seal_packet(uint8_t* packet, Packet type, uint8_t payload_length);

}  // namespace emg
