// Writes what the real core sends in known situations; other decoders are tested against it.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "../emgfeedback/src/core/station.h"
#include "fake_board.h"

using namespace emg;

namespace {

std::string folder;

void obey(Station& station, const std::vector<uint8_t>& bytes) {
    fake.hear(bytes);
    while (station.run_once()) {
    }
}

void ticks(Station& station, unsigned count) {
    while (count-- != 0) {
        fake.tick();
        while (station.run_once()) {
        }
    }
}

void save(const char* name) {
    const std::string path = folder + "/" + name;
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (file == nullptr ||
        std::fwrite(fake.sent.data(), 1, fake.sent.size(), file) != fake.sent.size() ||
        std::fclose(file) != 0) {
        std::fprintf(stderr, "cannot write %s\n", path.c_str());
        std::exit(1);
    }
    fake = FakeBoard();
}

void identity() {
    Station station;
    obey(station, command(Packet::Identify));
    obey(station, command(Packet::SetTest, {2}));
    obey(station, command(Packet::SetRate, {0xD0, 0x07, 1}));
    obey(station, command(Packet::SetChannels, {4}));
    obey(station, command(Packet::Identify));
    save("identity.bin");
}

void refusals() {
    Station station;
    obey(station, command(static_cast<Packet>(0x7E)));
    obey(station, command(Packet::Start, {1}));
    obey(station, command(Packet::SetRate, {0xE7, 0x03, 1}));
    obey(station, command(Packet::SetChannels, {9}));
    obey(station, command(Packet::SetRate, {0xD0, 0x07, 4}));
    obey(station, command(Packet::SetTest, {3}));
    obey(station, command(Packet::SetRate, {0xE8, 0x03, 2}));
    obey(station, command(Packet::Start));
    obey(station, command(Packet::SetTest, {1}));
    save("refusals.bin");
}

void stream(const char* name, uint16_t rate, uint8_t channels, TestSignal test, unsigned count) {
    Station station;
    obey(station, command(Packet::SetChannels, {channels}));
    obey(station, command(Packet::SetRate, {static_cast<uint8_t>(rate & 0xFF),
                                            static_cast<uint8_t>(rate >> 8), 1}));
    obey(station, command(Packet::SetTest, {static_cast<uint8_t>(test)}));
    fake.sent.clear();
    obey(station, command(Packet::Start));
    ticks(station, count);
    obey(station, command(Packet::Stop));
    save(name);
}

// 5 samples; 2 overruns; 3 samples; the link stalls for 26, of which the ring keeps 16; 4 more.
void losses() {
    Station station;
    obey(station, command(Packet::Start));
    ticks(station, 5);
    fake.lose_tick();
    fake.lose_tick();
    ticks(station, 3);
    for (int i = 0; i < 26; ++i) {
        fake.tick();
    }
    while (station.run_once()) {
    }
    ticks(station, 4);
    obey(station, command(Packet::GetStatus));
    obey(station, command(Packet::Stop));
    save("losses.bin");
}

void reports() {
    Station station;
    fake.counts = {0x01020304, 0, 17, 0};
    fake.late = {123456, 43, 117, 12230, 6034};
    obey(station, {0xA5, 0x5A, 0x41, 0x00, 0x00, 0x00});
    obey(station, command(Packet::GetStatus));
    obey(station, command(Packet::GetJitter));
    save("reports.bin");
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: write_golden FOLDER\n");
        return 2;
    }
    folder = argv[1];
    identity();
    refusals();
    stream("stream_6ch_1000hz.bin", 1000, 6, TestSignal::OFF, 1002);
    stream("stream_8ch_2000hz.bin", 2000, 8, TestSignal::OFF, 83);
    stream("stream_1ch_250hz.bin", 250, 1, TestSignal::OFF, 5);
    stream("ramp_6ch_500hz.bin", 500, 6, TestSignal::RAMP, 40);
    stream("square_8ch_1000hz.bin", 1000, 8, TestSignal::SQUARE, 204);
    losses();
    reports();
    return 0;
}
