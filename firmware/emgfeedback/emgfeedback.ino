// emgfeedback: samples surface EMG at a hardware-timed rate and sends it as checked packets.
// Bytes and commands: ../PROTOCOL.md. What may be changed: config.h.

#include "src/core/station.h"

void setup() {
    emg::board::begin();
}

void loop() {
    static emg::Station station;
    const bool busy = station.run_once();
    emg::board::rest(busy);
}
