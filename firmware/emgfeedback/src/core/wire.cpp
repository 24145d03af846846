#include "wire.h"

namespace emg {

uint16_t crc16(const uint8_t* bytes, uint8_t length) {
    uint16_t crc = crc16_start();
    while (length-- != 0) {
        crc = crc16_add(crc, *bytes++);
    }
    return crc;
}

uint8_t seal_packet(uint8_t* packet, Packet type, uint8_t payload_length) {
    packet[0] = SYNC_1;
    packet[1] = SYNC_2;
    packet[2] = static_cast<uint8_t>(type);
    packet[3] = payload_length;
    const uint16_t crc = crc16(packet + 2, static_cast<uint8_t>(payload_length + 2));
    Writer(packet + HEADER_BYTES + payload_length).u16(crc);
    return static_cast<uint8_t>(payload_length + OVERHEAD_BYTES);
}

}  // namespace emg
