#pragma once
#include "Arduino.h"

#define MSBFIRST 1
#define SPI_MODE1 1
struct SPISettings {
    SPISettings(uint32_t hz_, int order, int mode_) : hz(hz_), right(order == MSBFIRST && mode_ == SPI_MODE1) {}
    uint32_t hz;
    bool right;
};
struct FakeSpi {
    void begin() {}
    void beginTransaction(SPISettings settings);
    void endTransaction() {}
    uint8_t transfer(uint8_t byte);
};
extern FakeSpi SPI;
