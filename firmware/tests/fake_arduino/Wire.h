#pragma once
#include "Arduino.h"

struct FakeWire {
    std::vector<uint8_t> bytes;
    uint8_t address = 0;
    void begin() {}
    void setClock(uint32_t hz) { us_per_byte = 9e6 / hz; }
    void beginTransmission(uint8_t to) {
        address = to;
        bytes.clear();
    }
    void write(const uint8_t* from, uint8_t length) { bytes.assign(from, from + length); }
    uint8_t endTransmission();
    uint8_t requestFrom(uint8_t from, uint8_t length);
    int read();
    double us_per_byte = 90;
};
extern FakeWire Wire;
