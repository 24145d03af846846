// Tests of the portable core; exits 1 and names the line where one does not hold.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "../emgfeedback/src/core/station.h"
#include "fake_board.h"

using namespace emg;

namespace {

unsigned checks = 0;

void check(bool holds, const char* what, int line) {
    ++checks;
    if (!holds) {
        std::fprintf(stderr, "test_core.cpp:%d: does not hold: %s\n", line, what);
        std::exit(1);
    }
}

#define CHECK(condition) check((condition), #condition, __LINE__)

using Bytes = std::vector<uint8_t>;

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

uint32_t random_state = 12345;

uint8_t random_byte() {
    random_state = random_state * 1664525U + 1013904223U;
    return static_cast<uint8_t>(random_state >> 24);
}

void run(Station& station) {
    for (int turn = 0; station.run_once(); ++turn) {
        CHECK(turn < 1000);
    }
}

Code answer_to(Station& station, const Bytes& bytes) {
    fake.sent.clear();
    fake.hear(bytes);
    run(station);
    CHECK(fake.sent.size() >= 8);
    const uint8_t* ack = fake.sent.data() + fake.sent.size() - 8;
    CHECK(ack[2] == static_cast<uint8_t>(Packet::Ack));
    CHECK(ack[4] == bytes[2]);
    return static_cast<Code>(ack[5]);
}

struct Frame {
    uint32_t first;
    uint8_t flags;
    uint8_t count;
    Bytes payload;
};

// All DATA packets sent; every packet must be whole and its CRC good.
std::vector<Frame> frames_sent() {
    std::vector<Frame> frames;
    const Bytes& sent = fake.sent;
    size_t at = 0;
    while (at < sent.size()) {
        CHECK(at + 6 <= sent.size() && sent[at] == 0xA5 && sent[at + 1] == 0x5A);
        const size_t length = sent[at + 3];
        CHECK(at + length + 6 <= sent.size());
        const uint16_t crc = crc16(&sent[at + 2], static_cast<uint8_t>(length + 2));
        CHECK(sent[at + 4 + length] == (crc & 0xFF) && sent[at + 5 + length] == crc >> 8);
        if (sent[at + 2] == static_cast<uint8_t>(Packet::Data)) {
            const uint8_t* p = &sent[at + 4];
            const uint32_t first = p[0] | static_cast<uint32_t>(p[1]) << 8 |
                                   static_cast<uint32_t>(p[2]) << 16 |
                                   static_cast<uint32_t>(p[3]) << 24;
            frames.push_back({first, p[8], p[9], Bytes(p, p + length)});
        }
        at += length + 6;
    }
    return frames;
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

void board_is_silent_until_asked() {
    fake = FakeBoard();
    Station station;
    CHECK(!station.run_once());
    CHECK(fake.sent.empty() && fake.starts == 0);
}

void losses_close_frames_and_are_flagged() {
    fake = FakeBoard();
    Station station;
    CHECK(answer_to(station, command(Packet::Start)) == Code::OK);
    fake.sent.clear();
    for (int i = 0; i < 6; ++i) {
        fake.tick();
        run(station);
    }
    fake.lose_tick();
    for (int i = 0; i < 4; ++i) {
        fake.tick();
        run(station);
    }
    const std::vector<Frame> frames = frames_sent();
    CHECK(frames.size() == 3);
    CHECK(frames[0].first == 0 && frames[0].count == 4 && frames[0].flags == FLAG_FIRST);
    CHECK(frames[1].first == 4 && frames[1].count == 2 && frames[1].flags == 0);
    CHECK(frames[2].first == 7 && frames[2].count == 4 && frames[2].flags == FLAG_OVERRUN);
}

// However the room comes back, samples arrive in order, none twice, and every loss shows.
void no_sample_is_doubled_or_lost_unseen_when_the_link_stalls() {
    fake = FakeBoard();
    Station station;
    CHECK(answer_to(station, command(Packet::Start)) == Code::OK);
    fake.sent.clear();
    fake.limited_room = true;
    fake.room = 0;
    for (int i = 0; i < 4000; ++i) {
        fake.tick();
        const unsigned more = fake.room + random_byte() % 24U;
        fake.room = static_cast<uint8_t>(more > 255 ? 255 : more);
        run(station);
    }
    uint32_t received = 0;
    uint32_t expected = 0;
    for (const Frame& frame : frames_sent()) {
        CHECK(frame.first >= expected);
        CHECK((frame.first != expected) == ((frame.flags & FLAG_DROPPED) != 0));
        for (unsigned i = 0; i < frame.count; ++i) {
            const uint8_t* code = &frame.payload[10 + i * 12];
            CHECK(code[0] + (code[1] << 8) == fake_code(frame.first + i, 0));
        }
        received += frame.count;
        expected = frame.first + frame.count;
    }
    const uint32_t dropped = board::sampler_counts().dropped;
    CHECK(dropped > 100);
    CHECK(received + dropped <= 4000 && received + dropped + RING_SAMPLES + 4 >= 4000);
}

void stop_is_answered_after_the_last_sample() {
    fake = FakeBoard();
    Station station;
    CHECK(answer_to(station, command(Packet::Start)) == Code::OK);
    fake.sent.clear();
    for (int i = 0; i < 7; ++i) {
        fake.tick();
    }
    fake.scanning = true;
    fake.hear(command(Packet::Stop));
    run(station);
    CHECK(!fake.sampling);
    fake.tick();  // the scan that ran when STOP came
    fake.scanning = false;
    run(station);
    const std::vector<Frame> frames = frames_sent();
    CHECK(frames.size() == 2 && frames[1].first == 4 && frames[1].count == 4);
    const Bytes end(fake.sent.end() - 8, fake.sent.end());
    CHECK(end == command(Packet::Ack, {0x43, 0}));
    CHECK(answer_to(station, command(Packet::Stop)) == Code::OK);
}

void start_while_streaming_begins_anew() {
    fake = FakeBoard();
    Station station;
    CHECK(answer_to(station, command(Packet::Start)) == Code::OK);
    for (int i = 0; i < 6; ++i) {
        fake.tick();
        run(station);
    }
    CHECK(answer_to(station, command(Packet::Start)) == Code::OK);
    fake.sent.clear();
    for (int i = 0; i < 4; ++i) {
        fake.tick();
        run(station);
    }
    const std::vector<Frame> frames = frames_sent();
    CHECK(fake.starts == 2 && frames.size() == 1);
    CHECK(frames[0].first == 0 && frames[0].flags == FLAG_FIRST && frames[0].count == 4);
}

void settings_stand_while_streaming_and_after_a_refusal() {
    fake = FakeBoard();
    Station station;
    CHECK(answer_to(station, command(Packet::SetRate, {0xD0, 0x07, 4})) == Code::BURST_TOO_LONG);
    CHECK(answer_to(station, command(Packet::Start)) == Code::OK);
    CHECK(fake.plan.timer_top == 15999 && fake.channels == 6 && fake.oversample == 1);
    CHECK(answer_to(station, command(Packet::SetRate, {0xD0, 0x07, 1})) == Code::STREAMING);
    CHECK(answer_to(station, command(Packet::SetChannels, {2})) == Code::STREAMING);
    CHECK(answer_to(station, command(Packet::SetTest, {1})) == Code::STREAMING);
    CHECK(answer_to(station, command(Packet::Stop)) == Code::OK);
    CHECK(answer_to(station, command(Packet::SetChannels, {3})) == Code::OK);
    CHECK(answer_to(station, command(Packet::SetRate, {0xD0, 0x07, 4})) == Code::OK);
    CHECK(answer_to(station, command(Packet::SetChannels, {4})) == Code::BURST_TOO_LONG);
    CHECK(answer_to(station, command(Packet::Start)) == Code::OK);
    CHECK(fake.plan.timer_top == 7999 && fake.channels == 3 && fake.oversample == 4);
}

void commands_wait_while_their_answer_has_no_room() {
    fake = FakeBoard();
    Station station;
    fake.room = MAX_REPLY_BYTES - 1;
    fake.hear(command(Packet::Identify));
    CHECK(!station.run_once() && fake.sent.empty());
    fake.room = MAX_REPLY_BYTES;
    run(station);
    CHECK(fake.sent.size() == MAX_REPLY_BYTES);
}

void noise_from_the_host_never_hangs_or_breaks_a_packet() {
    fake = FakeBoard();
    Station station;
    for (int round = 0; round < 20000; ++round) {
        fake.hear({random_byte(), random_byte(), 0xA5, 0x5A, random_byte()});
        if (round % 50 == 0) {
            fake.hear(command(static_cast<Packet>(0x40 + random_byte() % 12), Bytes(
                static_cast<size_t>(random_byte() % 4), random_byte())));
        }
        if (fake.sampling) {
            fake.tick();
        }
        run(station);
    }
    frames_sent();
    fake.hear(Bytes(16, 0));
    fake.hear(command(Packet::Stop));
    run(station);
    CHECK(Bytes(fake.sent.end() - 8, fake.sent.end()) == command(Packet::Ack, {0x43, 0}));
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
    board_is_silent_until_asked();
    losses_close_frames_and_are_flagged();
    no_sample_is_doubled_or_lost_unseen_when_the_link_stalls();
    stop_is_answered_after_the_last_sample();
    start_while_streaming_begins_anew();
    settings_stand_while_streaming_and_after_a_refusal();
    commands_wait_while_their_answer_has_no_room();
    noise_from_the_host_never_hangs_or_breaks_a_packet();
    mean_lateness_does_not_overflow();
    std::printf("core: %u checks hold\n", checks);
    return 0;
}
