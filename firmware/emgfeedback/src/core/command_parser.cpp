#include "command_parser.h"

namespace emg {

bool CommandParser::take(uint8_t byte, Command& command) {
    drop(done_);  // the command handed out before is over
    done_ = 0;
    bytes_[held_++] = byte;
    for (;;) {
        switch (judge()) {
            case Verdict::WAIT:
                return false;
            case Verdict::DROP_ONE:
                drop(1);
                break;
            case Verdict::GOOD:
                done_ = static_cast<uint8_t>(bytes_[3] + OVERHEAD_BYTES);
                command.type = bytes_[2];
                command.length = bytes_[3];
                command.payload = bytes_ + HEADER_BYTES;
                return true;
        }
    }
}

// Judges the bytes held as the beginning of a packet. After DROP_ONE the rest is judged
// anew, so a true command hidden behind a false beginning is still found.
CommandParser::Verdict CommandParser::judge() {
    if (held_ == 0) {
        return Verdict::WAIT;
    }
    if (bytes_[0] != SYNC_1 || (held_ > 1 && bytes_[1] != SYNC_2)) {
        return Verdict::DROP_ONE;
    }
    if (held_ < HEADER_BYTES) {
        return Verdict::WAIT;
    }
    const uint8_t length = bytes_[3];
    if (length > MAX_COMMAND_PAYLOAD || bytes_[2] < static_cast<uint8_t>(Packet::FirstCommand)) {
        count_bad();
        return Verdict::DROP_ONE;
    }
    if (held_ < length + OVERHEAD_BYTES) {
        return Verdict::WAIT;
    }
    const uint8_t* sent = bytes_ + HEADER_BYTES + length;
    const uint16_t crc = crc16(bytes_ + 2, static_cast<uint8_t>(length + 2));
    if (sent[0] != (crc & 0xFF) || sent[1] != (crc >> 8)) {
        count_bad();
        return Verdict::DROP_ONE;
    }
    return Verdict::GOOD;
}

void CommandParser::drop(uint8_t count) {
    if (count == 0) {
        return;
    }
    held_ = static_cast<uint8_t>(held_ - count);
    for (uint8_t i = 0; i < held_; ++i) {
        bytes_[i] = bytes_[i + count];
    }
}

void CommandParser::count_bad() {
    if (bad_ != 0xFFFF) {
        ++bad_;
    }
}

}  // namespace emg
