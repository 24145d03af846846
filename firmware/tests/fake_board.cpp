#include "fake_board.h"

#include <cassert>

FakeBoard fake;

uint16_t fake_code(uint32_t number, uint8_t channel) {
    return static_cast<uint16_t>((number * 7U + channel * 131U + 5U) & 1023U);
}

std::vector<uint8_t> command(emg::Packet type, std::vector<uint8_t> payload) {
    std::vector<uint8_t> packet(payload.size() + emg::OVERHEAD_BYTES);
    for (size_t i = 0; i < payload.size(); ++i) {
        packet[emg::HEADER_BYTES + i] = payload[i];
    }
    emg::seal_packet(packet.data(), type, static_cast<uint8_t>(payload.size()));
    return packet;
}

void FakeBoard::hear(const std::vector<uint8_t>& bytes) {
    to_board.insert(to_board.end(), bytes.begin(), bytes.end());
}

void FakeBoard::tick() {
    const uint32_t number = counts.next_number++;
    emg::Sample* slot = ring.reserve();
    if (slot == nullptr) {
        losses |= emg::FLAG_DROPPED;
        return;
    }
    slot->number = number;
    slot->flags = losses;
    losses = 0;
    for (uint8_t channel = 0; channel < channels; ++channel) {
        slot->counts[channel] = fake_code(number, channel);
    }
    ring.commit();
}

void FakeBoard::lose_tick() {
    ++counts.next_number;
    ++counts.overruns;
    losses |= emg::FLAG_OVERRUN;
}

namespace emg {
namespace board {

void begin() {}

void rest(bool) {}

void start_sampling(const Plan& plan, uint8_t channels, uint8_t oversample) {
    fake.ring.clear();
    fake.counts = SamplerCounts{};
    fake.losses = 0;
    fake.plan = plan;
    fake.channels = channels;
    fake.oversample = oversample;
    fake.sampling = true;
    ++fake.starts;
}

void stop_sampling() {
    fake.sampling = false;
}

bool scanning() {
    return fake.scanning;
}

const Sample* oldest_sample() {
    return fake.ring.front();
}

void release_sample() {
    fake.ring.pop();
}

SamplerCounts sampler_counts() {
    fake.counts.dropped = fake.ring.dropped();
    fake.counts.ring_high_water = fake.ring.high_water();
    return fake.counts;
}

Lateness lateness() {
    return fake.late;
}

uint8_t send_room() {
    return fake.room;
}

void send(const uint8_t* bytes, uint8_t length) {
    assert(fake.room >= length);
    fake.sent.insert(fake.sent.end(), bytes, bytes + length);
    if (fake.limited_room) {
        fake.room = static_cast<uint8_t>(fake.room - length);
    }
}

bool receive(uint8_t& byte) {
    if (fake.to_board.empty()) {
        return false;
    }
    byte = fake.to_board.front();
    fake.to_board.pop_front();
    return true;
}

uint16_t free_stack_bytes() {
    return fake.free_stack;
}

}  // namespace board
}  // namespace emg
