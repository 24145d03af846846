// Tests of the portable core; exits 1 and names the line where one does not hold.
#include <cstdio>
#include <cstring>

#include "../emgfeedback/src/core/board.h"
#include "../emgfeedback/src/core/command_parser.h"
#include "../emgfeedback/src/core/frame_builder.h"
#include "../emgfeedback/src/core/rings.h"
#include "check.h"
#include "fake_board.h"

using namespace emg;

unsigned checks = 0;

namespace {

struct Found {
    std::vector<Bytes> commands;  // type, then payload
    uint16_t bad = 0;
};

Found parse(const Bytes& bytes) {
    CommandParser parser;
    Found found;
    Command command;
    for (const uint8_t byte : bytes) {
        if (parser.take(byte, command)) {
            Bytes one{command.type};
            one.insert(one.end(), command.payload, command.payload + command.length);
            found.commands.push_back(one);
        }
    }
    found.bad = parser.bad();
    return found;
}

Bytes joined(const Bytes& a, const Bytes& b) {
    Bytes all = a;
    all.insert(all.end(), b.begin(), b.end());
    return all;
}

void crc_has_the_published_check_value() {
    const char* digits = "123456789";
    uint8_t bytes[9];
    std::memcpy(bytes, digits, 9);
    CHECK(crc16(bytes, 9) == 0x29B1);
    CHECK(crc16(bytes, 0) == 0xFFFF);
}

void parser_finds_commands_in_garbage() {
    const Bytes start = command(Packet::Start);
    const Bytes rate = command(Packet::SetRate, {0xE8, 0x03, 4});
    for (int round = 0; round < 2000; ++round) {
        Bytes garbage;
        const int length = random_byte() % 24;
        for (int i = 0; i < length; ++i) {
            garbage.push_back(random_byte());
        }
        // Enough quiet bytes that a false beginning in the garbage has run out.
        garbage.insert(garbage.end(), 16, 0);
        const Found found = parse(joined(garbage, joined(rate, start)));
        CHECK(found.commands.size() >= 2);
        CHECK(found.commands[found.commands.size() - 2] == (Bytes{0x44, 0xE8, 0x03, 4}));
        CHECK(found.commands.back() == Bytes{0x42});
    }
}

void parser_finds_a_command_behind_every_cut_beginning() {
    const Bytes whole = command(Packet::SetRate, {0xE8, 0x03, 1});
    const Bytes next = command(Packet::Stop);
    for (size_t cut = 0; cut < whole.size(); ++cut) {
        const Bytes head(whole.begin(), whole.begin() + static_cast<long>(cut));
        // Sent again and again, as a host does that gets no answer.
        const Found found = parse(joined(head, joined(next, next)));
        CHECK(!found.commands.empty());
        CHECK(found.commands.back() == Bytes{0x43});
        CHECK(found.commands.size() <= 2);
    }
}

void every_single_byte_change_is_refused() {
    const Bytes whole = command(Packet::SetRate, {0xE8, 0x03, 1});
    for (size_t place = 0; place < whole.size(); ++place) {
        for (unsigned change = 1; change < 256; ++change) {
            Bytes changed = whole;
            changed[place] = static_cast<uint8_t>(changed[place] ^ change);
            CHECK(parse(joined(changed, Bytes(16, 0))).commands.empty());
        }
    }
}

void every_dropped_byte_is_refused() {
    const Bytes whole = command(Packet::SetRate, {0xE8, 0x03, 1});
    for (size_t place = 0; place < whole.size(); ++place) {
        Bytes cut = whole;
        cut.erase(cut.begin() + static_cast<long>(place));
        CHECK(parse(joined(cut, Bytes(16, 0))).commands.empty());
    }
}

void bad_commands_are_counted_and_echoes_are_no_commands() {
    Bytes wrong = command(Packet::Start);
    wrong.back() = static_cast<uint8_t>(wrong.back() ^ 1);
    CHECK(parse(wrong).bad == 1);
    CHECK(parse({0xA5, 0x5A, 0x41, 0xFF}).bad == 1);
    const Found echo = parse(command(Packet::Ack, {0x42, 0}));
    CHECK(echo.commands.empty() && echo.bad == 1);
    CHECK(parse(command(Packet::Start)).bad == 0);
}

void random_bytes_hardly_ever_pass() {
    Bytes noise;
    for (int i = 0; i < 400000; ++i) {
        noise.push_back(random_byte());
    }
    CHECK(parse(noise).commands.size() <= 1);
}

void ring_counts_what_does_not_fit() {
    SampleRing ring;
    for (uint32_t i = 0; i < RING_SAMPLES + 3U; ++i) {
        Sample* slot = ring.reserve();
        CHECK((slot == nullptr) == (i >= RING_SAMPLES));
        if (slot != nullptr) {
            slot->number = i;
            ring.commit();
        }
    }
    CHECK(ring.dropped() == 3 && ring.high_water() == RING_SAMPLES);
    for (uint32_t i = 0; i < RING_SAMPLES; ++i) {
        CHECK(ring.front() != nullptr && ring.front()->number == i);
        ring.pop();
    }
    CHECK(ring.front() == nullptr);
    for (uint32_t i = 0; i < 1000; ++i) {  // far beyond the wrap of the indices
        ring.reserve()->number = i;
        ring.commit();
        CHECK(ring.front()->number == i);
        ring.pop();
    }
    ring.clear();
    CHECK(ring.dropped() == 0 && ring.high_water() == 0);
}

void byte_ring_keeps_order_and_knows_its_room() {
    ByteRing<64> ring;
    uint8_t in = 0;
    uint8_t out = 0;
    for (int round = 0; round < 500; ++round) {
        for (int i = random_byte() % 70; i > 0 && ring.room() != 0; --i) {
            ring.put(in++);
        }
        for (int i = random_byte() % 70; i > 0 && !ring.empty(); --i) {
            CHECK(ring.get() == out++);
        }
        CHECK(ring.room() == 63 - static_cast<uint8_t>(in - out));
    }
}

struct Case {
    uint16_t rate;
    uint8_t channels;
    uint8_t oversample;
    uint32_t baud;
    Code code;
    uint16_t adc_khz;
};

void settings_are_refused_for_the_reason_given() {
    const Case table[] = {
        {1000, 6, 1, 500000, Code::OK, 125},
        {1000, 8, 1, 500000, Code::OK, 250},
        {1000, 6, 4, 500000, Code::OK, 500},
        {1000, 8, 4, 500000, Code::BURST_TOO_LONG, 0},
        {2000, 4, 1, 500000, Code::OK, 250},
        {2000, 6, 1, 500000, Code::OK, 250},
        {2000, 8, 1, 500000, Code::OK, 500},
        {2000, 3, 4, 500000, Code::OK, 500},
        {2000, 4, 4, 500000, Code::BURST_TOO_LONG, 0},
        {2000, 6, 4, 500000, Code::BURST_TOO_LONG, 0},
        {500, 8, 4, 500000, Code::OK, 250},
        {250, 8, 4, 500000, Code::OK, 125},
        {250, 1, 1, 500000, Code::OK, 125},
        {1000, 6, 1, 250000, Code::OK, 125},
        {1000, 8, 1, 250000, Code::OK, 250},
        {2000, 4, 1, 250000, Code::OK, 250},
        {2000, 6, 1, 250000, Code::LINK_TOO_SLOW, 0},
        {2000, 8, 1, 250000, Code::LINK_TOO_SLOW, 0},
        {0, 6, 1, 500000, Code::BAD_RATE, 0},
        {999, 6, 1, 500000, Code::BAD_RATE, 0},
        {4000, 1, 1, 500000, Code::BAD_RATE, 0},
        {1000, 6, 0, 500000, Code::BAD_OVERSAMPLE, 0},
        {1000, 6, 2, 500000, Code::BAD_OVERSAMPLE, 0},
        {1000, 0, 1, 500000, Code::BAD_CHANNELS, 0},
        {1000, 9, 1, 500000, Code::BAD_CHANNELS, 0},
    };
    for (const Case& one : table) {
        Settings settings;
        settings.rate_hz = one.rate;
        settings.channels = one.channels;
        settings.oversample = one.oversample;
        Plan plan{};
        const Code code = plan_settings(settings, 8, one.baud, plan);
        if (code != one.code || plan.adc_clock_khz != one.adc_khz) {
            std::fprintf(stderr, "%u Hz x %u channels x %u at %lu baud: code %u, ADC %u kHz\n",
                         one.rate, one.channels, one.oversample,
                         static_cast<unsigned long>(one.baud), static_cast<unsigned>(code),
                         plan.adc_clock_khz);
        }
        CHECK(code == one.code);
        CHECK(plan.adc_clock_khz == one.adc_khz);
        if (code == Code::OK) {
            CHECK((plan.timer_top + 1UL) * one.rate == CPU_HZ);
            CHECK(plan.samples_per_frame * 250 == one.rate);
            CHECK(plan.period_us * 1UL * one.rate == 1000000UL);
            CHECK(plan.skew_tenth_us * 1UL * one.channels < plan.period_us * 9UL);
        }
    }
}

// From any allowed settings to any other there is a way: one channel first.
void one_channel_is_always_allowed() {
    const uint16_t RATES[] = {250, 500, 1000, 2000};
    const uint8_t OVERSAMPLES[] = {1, 4};
    const uint32_t BAUDS[] = {250000, 500000};
    for (const uint16_t rate : RATES) {
        for (const uint8_t oversample : OVERSAMPLES) {
            for (const uint32_t baud : BAUDS) {
                Settings settings;
                settings.rate_hz = rate;
                settings.channels = 1;
                settings.oversample = oversample;
                Plan plan{};
                CHECK(plan_settings(settings, 6, baud, plan) == Code::OK);
            }
        }
    }
}

void test_signals_are_what_the_protocol_says() {
    for (uint32_t n = 0; n < 5000; n += 7) {
        for (uint8_t c = 0; c < 8; ++c) {
            CHECK(test_signal_code(TestSignal::RAMP, n, c, 1024) == (n + 97U * c) % 1024U);
            CHECK(test_signal_code(TestSignal::RAMP, n, c, 4096) == (n + 97U * c) % 4096U);
            const int swing = 32 * (c + 1) * ((n / 50) % 2 == 0 ? -1 : 1);
            CHECK(test_signal_code(TestSignal::SQUARE, n, c, 1024) == 512 + swing);
            CHECK(test_signal_code(TestSignal::SQUARE, n, c, 4096) == 2048 + swing);
        }
    }
}

void mean_lateness_does_not_overflow() {
    CHECK(mean_x256(0, 0) == 0);
    CHECK(mean_x256(45 * 1000 + 500, 1000) == 45 * 256 + 128);
    const uint32_t ticks = (1UL << 23) - 1;
    CHECK(!mean_must_be_halved(200 * ticks, ticks));
    CHECK(mean_x256(200 * ticks, ticks) == 200 * 256);
    CHECK(mean_must_be_halved(1, 1UL << 23) && mean_must_be_halved(1UL << 31, 10));
}

}  // namespace

int main() {
    crc_has_the_published_check_value();
    parser_finds_commands_in_garbage();
    parser_finds_a_command_behind_every_cut_beginning();
    every_single_byte_change_is_refused();
    every_dropped_byte_is_refused();
    bad_commands_are_counted_and_echoes_are_no_commands();
    random_bytes_hardly_ever_pass();
    ring_counts_what_does_not_fit();
    byte_ring_keeps_order_and_knows_its_room();
    settings_are_refused_for_the_reason_given();
    one_channel_is_always_allowed();
    test_signals_are_what_the_protocol_says();
    mean_lateness_does_not_overflow();
    test_station();
    std::printf("core: %u checks hold\n", checks);
    return 0;
}
