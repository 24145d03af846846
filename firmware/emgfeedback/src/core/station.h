// The board's whole behaviour: answers commands, sends samples. Knows no hardware.
#pragma once

#include "board.h"
#include "command_parser.h"
#include "frame_builder.h"
#include "settings.h"

namespace emg {

class Station {
  public:
    Station();

    // Does all that can be done at once without waiting; true if anything was done.
    bool run_once();

  private:
    enum class State : uint8_t { IDLE, STREAMING, STOPPING };

    void obey(const Command& command);
    Code start();
    Code change(const Settings& wanted);
    Code set_rate(const Command& command);
    Code set_channels(const Command& command);
    Code set_test(const Command& command);
    bool send_samples();
    bool finish_stopping();
    bool send_due_status();

    void send_identity();
    void send_ack(uint8_t command, Code code);
    void send_status();
    void send_jitter();

    Settings settings_;
    Plan plan_;
    CommandParser parser_;
    FrameBuilder frame_;
    uint32_t next_status_ = 0;
    uint8_t unsent_ = 0;  // length of the completed frame that waits for room
    State state_ = State::IDLE;
};

}  // namespace emg
