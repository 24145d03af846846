// Models of external converters, written from the data sheets that the drivers name: registers,
// when a conversion is ready, and faults by name.
#pragma once

#include <array>

#include "fake_arduino/Arduino.h"

// Bits that slipped: from then on, until the chip is deselected, everything is one bit late.
struct SlippedLine {
    bool slipped = false;
    uint8_t carried = 0;
    uint8_t through(uint8_t byte) {
        if (!slipped) {
            return byte;
        }
        const uint8_t late = static_cast<uint8_t>(carried << 7 | byte >> 1);
        carried = byte & 1;
        return late;
    }
};

inline int32_t code_24(double share) {
    const double code = std::floor(share * 8388608.0);
    return code > 8388607.0 ? 8388607 : code < -8388608.0 ? -8388608 : static_cast<int32_t>(code);
}

class SpiModel {
  public:
    virtual ~SpiModel() = default;
    void select(bool on) {
        selected_ = on;
        in_ = out_ = SlippedLine{};
        if (on) {
            ++selections_;
            selected();
        }
    }
    uint8_t transfer(uint8_t byte) {
        if (fake::scenario == "slip" && reading_data() && selections_ % 41 == 0) {
            in_.slipped = out_.slipped = true;
        }
        return out_.through(exchange(in_.through(byte)));
    }
    virtual void go_on() = 0;
    virtual bool ready_is_low() = 0;

  protected:
    virtual void selected() = 0;
    virtual bool reading_data() const = 0;
    virtual uint8_t exchange(uint8_t byte) = 0;

    bool selected_ = false;
    unsigned selections_ = 0;

  private:
    SlippedLine in_;
    SlippedLine out_;
};

class ModelAds1256 : public SpiModel {
  public:
    ModelAds1256() { reset(); }

    void go_on() override {
        if (fake::scenario == "brown-out" && fake::now_s() > 0.5 && !browned_) {
            browned_ = true;
            reset();
        }
        if (converting_ && fake::now_ns >= ready_at_ns_) {
            converting_ = false;
            const double gain = 1 << (registers_[2] & 7);
            const int positive = registers_[1] >> 4;
            const bool single = (registers_[1] & 15) == 8;
            value_ = single ? code_24(fake::volts(positive) * gain / 5.0) : 0;
            ready_ = true;
        }
    }

    bool ready_is_low() override {
        if (fake::scenario == "stuck high" && fake::between(0.5, 0.8)) {
            return false;
        }
        return (fake::scenario == "stuck low" && fake::between(0.5, 0.8)) || ready_;
    }

  protected:
    void selected() override { out_.clear(); }
    bool reading_data() const override { return out_.size() == 3 && data_; }

    uint8_t exchange(uint8_t byte) override {
        if (!out_.empty()) {
            const uint8_t next = out_.front();
            out_.pop_front();
            return next;
        }
        if (await_ == COUNT) {
            count_ = byte + 1U;
            await_ = write_ ? VALUE : NONE;
            for (unsigned i = 0; !write_ && i < count_; ++i) {
                out_.push_back((place_ + i) < 11 ? registers_[place_ + i] : 0);
            }
            data_ = false;
        } else if (await_ == VALUE) {
            if (place_ < 11) {
                registers_[place_] = place_ == 0 ? static_cast<uint8_t>(id() | (byte & 0x0E)) : byte;
            }
            ++place_;
            await_ = --count_ == 0 ? NONE : VALUE;
        } else {
            obey(byte);
        }
        return 0;
    }

  private:
    enum Await { NONE, COUNT, VALUE };

    static uint8_t id() { return fake::scenario == "wrong id" ? 0x00 : 0x30; }

    void reset() {
        registers_ = {id(), 0x01, 0x20, 0xF0, 0xE0, 0, 0, 0, 0, 0, 0};
        converting_ = ready_ = false;
        await_ = NONE;
    }

    void obey(uint8_t byte) {
        if (byte >> 4 == 1 || byte >> 4 == 5) {
            write_ = byte >> 4 == 5;
            place_ = byte & 15U;
            await_ = COUNT;
        } else if (byte == 0x01) {
            const uint32_t bits = static_cast<uint32_t>(value_);
            out_ = {static_cast<uint8_t>(bits >> 16 & 255), static_cast<uint8_t>(bits >> 8 & 255),
                    static_cast<uint8_t>(bits & 255)};
            data_ = true;
            ready_ = false;
        } else if (byte == 0xFC) {
            converting_ = ready_ = false;
        } else if (byte == 0x00) {
            converting_ = true;
            const uint64_t settling_us = registers_[3] == 0xF0 ? 210 : 400;
            ready_at_ns_ = fake::now_ns + settling_us * 1000;
        } else if (byte == 0xFE) {
            reset();
        }
    }

    std::array<uint8_t, 11> registers_{};
    std::deque<uint8_t> out_;
    Await await_ = NONE;
    uint64_t ready_at_ns_ = 0;
    int32_t value_ = 0;
    unsigned place_ = 0;
    unsigned count_ = 0;
    bool write_ = false;
    bool data_ = false;
    bool converting_ = false;
    bool ready_ = false;
    bool browned_ = false;
};

class ModelAds1299 : public SpiModel {
  public:
    ModelAds1299() { reset(); }

    void go_on() override {
        if (fake::scenario == "brown-out" && fake::now_s() > 0.5 && !browned_) {
            browned_ = true;
            reset();
        }
        if (!running_ || fake::now_ns < next_ns_) {
            return;
        }
        static const double RATES[] = {16000, 8000, 4000, 2000, 1000, 500, 250, 250};
        next_ns_ += static_cast<uint64_t>(1e9 / RATES[registers_[1] & 7]);
        latch();
        // The line alone may hang while the chip goes on.
        const bool stuck = fake::scenario.compare(0, 5, "stuck") == 0 && fake::between(0.5, 0.8);
        if (!stuck) {
            fake::fall();
        }
        if (fake::scenario == "chatter") {
            fake::fall();
        }
    }

    bool ready_is_low() override { return false; }  // read by its falls alone

  protected:
    void selected() override { place_ = 0; }
    bool reading_data() const override { return sends_data_ && place_ == 0; }

    uint8_t exchange(uint8_t byte) override {
        if (sends_data_) {
            if (byte == 0x11) {
                sends_data_ = false;
                return 0;
            }
            return place_ < 27 ? frame_[place_++] : 0;
        }
        if (await_ == READ) {
            await_ = NONE;
            return number_ < 24 ? registers_[number_] : 0;
        }
        if (await_ == COUNT) {
            await_ = write_ ? VALUE : READ;
        } else if (await_ == VALUE) {
            if (number_ != 0 && number_ < 24) {
                registers_[number_] = byte;
            }
            await_ = NONE;
        } else {
            obey(byte);
        }
        return 0;
    }

  private:
    enum Await { NONE, COUNT, VALUE, READ };

    void reset() {
        registers_ = {};
        registers_[0] = fake::scenario == "wrong id" ? 0x92 : 0x3E;
        registers_[1] = 0x96;
        registers_[2] = 0xC0;
        registers_[3] = 0x60;
        for (unsigned i = 5; i < 13; ++i) {
            registers_[i] = 0x61;
        }
        sends_data_ = true;
        running_ = false;
        await_ = NONE;
    }

    void obey(uint8_t byte) {
        if (byte >> 5 == 1 || byte >> 5 == 2) {
            write_ = byte >> 5 == 2;
            number_ = byte & 31U;
            await_ = COUNT;
        } else if (byte == 0x06) {
            reset();
        } else if (byte == 0x08) {
            running_ = true;
            next_ns_ = fake::now_ns + 4500000;
        } else if (byte == 0x0A) {
            running_ = false;
        } else if (byte == 0x10) {
            sends_data_ = true;
        }
    }

    void latch() {
        frame_[0] = 0xC0;
        frame_[1] = frame_[2] = 0;
        static const int GAINS[] = {1, 2, 4, 6, 8, 12, 24, 0};
        for (unsigned c = 0; c < 8; ++c) {
            const uint8_t set = registers_[5 + c];
            const bool open = (set & 0x87) == 0 && (registers_[3] & 0x80) != 0;
            const double share = fake::volts(static_cast<int>(c)) * GAINS[set >> 4 & 7] / 4.5;
            const uint32_t bits = static_cast<uint32_t>(open ? code_24(share) : 0);
            for (unsigned i = 0; i < 3; ++i) {
                frame_[3 + 3 * c + i] = static_cast<uint8_t>(bits >> (16 - 8 * i) & 255);
            }
        }
        place_ = 0;  // whoever still reads gets a mixture
    }

    std::array<uint8_t, 24> registers_{};
    std::array<uint8_t, 27> frame_{};
    Await await_ = NONE;
    uint64_t next_ns_ = 0;
    unsigned number_ = 0;
    unsigned place_ = 0;
    bool write_ = false;
    bool sends_data_ = true;
    bool running_ = false;
    bool browned_ = false;
};

class ModelAds1115 {
  public:
    bool write(uint8_t address, const std::vector<uint8_t>& bytes) {
        if (!here(address)) {
            return false;
        }
        pointer_ = bytes[0];
        if (bytes.size() == 3 && pointer_ == 1) {
            config_ = static_cast<uint16_t>((bytes[1] & 0x7F) << 8 | bytes[2]);
            if ((bytes[1] & 0x80) != 0) {
                ready_at_ns_ = fake::now_ns + 1163000;
            }
        }
        return true;
    }

    std::vector<uint8_t> read(uint8_t address) {
        if (!here(address)) {
            return {};
        }
        const bool hangs = fake::scenario.compare(0, 5, "stuck") == 0 && fake::between(0.5, 0.8);
        const bool done = fake::now_ns >= ready_at_ns_ && !hangs;
        uint16_t value = static_cast<uint16_t>(config_ | (done ? 0x8000 : 0));
        if (pointer_ == 0) {
            const int input = (config_ >> 12 & 7) - 4;
            const double range = (config_ >> 9 & 7) == 1 ? 4.096 : 2.048;
            const double code = std::floor(fake::volts(input) / range * 32768.0);
            value = static_cast<uint16_t>(static_cast<int>(
                code > 32767.0 ? 32767.0 : code < -32768.0 ? -32768.0 : code));
        }
        return {static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value & 255)};
    }

  private:
    bool here(uint8_t address) {
        if (fake::scenario == "brown-out" && fake::now_s() > 0.5 && !browned_) {
            browned_ = true;
            config_ = 0x0583;
        }
        ++asked_;
        const bool deaf = fake::scenario == "slip" && asked_ % 97 == 0;
        return address == (fake::scenario == "wrong id" ? 0x49 : 0x48) && !deaf;
    }

    uint64_t ready_at_ns_ = 0;
    unsigned asked_ = 0;
    uint16_t config_ = 0x0583;
    uint8_t pointer_ = 0;
    bool browned_ = false;
};
