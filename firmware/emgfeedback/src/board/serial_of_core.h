// Bytes to and from the serial port of an Arduino core.
#pragma once

#include <Arduino.h>

#include "../core/rings.h"

namespace emg {

class SerialOfCore {
  public:
    // Hands the core as much as it takes without waiting.
    void hand_over() {
        for (int room = Serial.availableForWrite(); room > 0 && !waiting_.empty(); --room) {
            Serial.write(waiting_.get());
        }
    }

    void forget() { waiting_.clear(); }
    uint8_t room() const { return waiting_.room(); }

    void put(const uint8_t* bytes, uint8_t length) {
        while (length-- != 0) {
            waiting_.put(*bytes++);
        }
    }

    bool get(uint8_t& byte) {
        const int got = Serial.read();
        if (got < 0) {
            return false;
        }
        byte = static_cast<uint8_t>(got);
        return true;
    }

  private:
    ByteRing<256> waiting_;
};

}  // namespace emg
