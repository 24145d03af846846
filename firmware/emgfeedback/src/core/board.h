// What the core needs of a board. One implementation per way of sampling and per link stands in
// src/board; the tests on the PC bring their own.
#pragma once

#include "settings.h"
#include "wire.h"

// The sketch's two functions, by the names and the linkage the Arduino core knows.
extern "C" {
void setup();
void loop();
}

namespace emg {

// What the sampler counted since it was started.
struct SamplerCounts {
    uint32_t next_number;
    uint32_t dropped;
    uint32_t overruns;
    uint16_t ring_high_water;
};

// Lateness of the start of sampling behind its timer tick, in CPU cycles.
struct Lateness {
    uint32_t ticks;
    uint16_t min_cycles;
    uint16_t max_cycles;
    uint32_t mean_cycles_x256;
    uint16_t burst_cycles;
};

// Mean of `ticks` numbers with the sum `sum`, times 256; 0 for none.
inline uint32_t mean_x256(uint32_t sum, uint32_t ticks) {
    return ticks == 0 ? 0 : sum / ticks * 256 + sum % ticks * 256 / ticks;
}

// True before `sum` or the arithmetic of `mean_x256` would overflow.
inline bool mean_must_be_halved(uint32_t sum, uint32_t ticks) {
    return sum >= (1UL << 31) || ticks >= (1UL << 23);
}

namespace board {

void begin();

// Ends one turn of the main loop: sleeps until an interrupt unless the turn was `busy`.
void rest(bool busy);

// Only where CONVERTER_CAN_FAIL: whether the external converter answers as itself when it
// is set up anew.
bool converter_answers(const Settings& settings);

// Starts anew at sample 0, whatever ran before.
void start_sampling(const Plan& plan, uint8_t channels, uint8_t oversample);

// No further scan starts; the running one ends by itself.
void stop_sampling();
bool scanning();

const Sample* oldest_sample();
void release_sample();

SamplerCounts sampler_counts();
Lateness lateness();

uint8_t send_room();

// Only with at least `length` bytes of room.
void send(const uint8_t* bytes, uint8_t length);

bool receive(uint8_t& byte);

// Stack bytes never touched since the board came up; 1000 stands for 1000 and more, 65535 for a
// board that does not watch its stack.
uint16_t free_stack_bytes();

}  // namespace board
}  // namespace emg
