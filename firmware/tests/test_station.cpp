// Tests of the board's behaviour as a host sees it.
#include "../emgfeedback/src/core/station.h"
#include "check.h"
#include "fake_board.h"

using namespace emg;

namespace {

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

// Bytes that never end, faster than they are read, must not hold samples back.
void rubbish_does_not_hold_samples_back() {
    fake = FakeBoard();
    Station station;
    CHECK(answer_to(station, command(Packet::Start)) == Code::OK);
    fake.sent.clear();
    fake.hear(Bytes(5000, 0x55));
    for (int i = 0; i < 8; ++i) {
        fake.tick();
        station.run_once();
    }
    CHECK(!fake.to_board.empty());
    CHECK(frames_sent().size() == 2);
}

}  // namespace

void test_station() {
    board_is_silent_until_asked();
    losses_close_frames_and_are_flagged();
    no_sample_is_doubled_or_lost_unseen_when_the_link_stalls();
    stop_is_answered_after_the_last_sample();
    start_while_streaming_begins_anew();
    settings_stand_while_streaming_and_after_a_refusal();
    commands_wait_while_their_answer_has_no_room();
    noise_from_the_host_never_hangs_or_breaks_a_packet();
    rubbish_does_not_hold_samples_back();
}
