// Finds commands in a stream of bytes, byte by byte; never waits and never loses its place for long.
#pragma once

#include "wire.h"

namespace emg {

struct Command {
    uint8_t type;
    uint8_t length;
    const uint8_t* payload;  // valid until the next byte goes in
};

class CommandParser {
  public:
    // Takes one byte; true when it completes a command with a good CRC, then in `command`.
    bool take(uint8_t byte, Command& command);

    // Packets thrown away since the last clear: bad CRC, impossible length, not a command.
    uint16_t bad() const { return bad_; }
    void clear_bad() { bad_ = 0; }

  private:
    enum class Verdict : uint8_t { WAIT, DROP_ONE, GOOD };

    Verdict judge();
    void drop(uint8_t count);
    void count_bad();

    uint8_t bytes_[MAX_COMMAND_PAYLOAD + OVERHEAD_BYTES];
    uint8_t held_ = 0;
    uint8_t done_ = 0;
    uint16_t bad_ = 0;
};

}  // namespace emg
