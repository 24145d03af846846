// A board in memory: the tests put samples and commands in and read the bytes it would send.
#pragma once

#include <stddef.h>

#include <deque>
#include <vector>

#include "../emgfeedback/src/core/board.h"
#include "../emgfeedback/src/core/rings.h"

struct FakeBoard {
    std::vector<uint8_t> sent;
    std::deque<uint8_t> to_board;
    emg::SampleRing ring;
    emg::SamplerCounts counts{};
    emg::Lateness late{};
    emg::Plan plan{};
    uint8_t channels = 0;
    uint8_t oversample = 0;
    uint8_t losses = 0;
    uint8_t room = 255;
    bool limited_room = false;
    bool sampling = false;
    bool scanning = false;
    unsigned starts = 0;
    uint16_t free_stack = 777;

    void hear(const std::vector<uint8_t>& bytes);

    // One tick of the sampler: every channel holds `fake_code`.
    void tick();
    void lose_tick();
};

extern FakeBoard fake;

uint16_t fake_code(uint32_t number, uint8_t channel);

// A whole command packet.
std::vector<uint8_t> command(emg::Packet type, std::vector<uint8_t> payload = {});
