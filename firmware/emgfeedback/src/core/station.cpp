#include "station.h"

namespace emg {

namespace {

constexpr uint8_t RECEIVED_PER_TURN = 8;

// Length of the payload a command must have; 0xFF for commands that do not exist.
uint8_t command_length(uint8_t type) {
    switch (static_cast<Packet>(type)) {
        case Packet::Identify:
        case Packet::Start:
        case Packet::Stop:
        case Packet::GetJitter:
        case Packet::GetStatus:
            return 0;
        case Packet::SetRate:
            return 3;
        case Packet::SetChannels:
        case Packet::SetTest:
            return 1;
        default:
            return 0xFF;
    }
}

}  // namespace

Station::Station() {
    plan_settings(settings_, MAX_CHANNELS, BAUD, plan_);
}

bool Station::run_once() {
    bool busy = false;
    uint8_t byte = 0;
    // No command is taken while its answer would not fit, or while STOP still empties the ring.
    // Few bytes a turn, so that rubbish at full speed cannot keep samples from being sent.
    for (uint8_t turn = 0; turn < RECEIVED_PER_TURN && state_ != State::STOPPING &&
                           board::send_room() >= MAX_REPLY_BYTES && board::receive(byte);
         ++turn) {
        Command command;
        if (parser_.take(byte, command)) {
            obey(command);
        }
        busy = true;
    }
    if (state_ != State::IDLE) {
        busy |= send_samples();
        busy |= state_ == State::STOPPING ? finish_stopping() : send_due_status();
    }
    return busy;
}

void Station::obey(const Command& command) {
    const uint8_t expected = command_length(command.type);
    if (expected == 0xFF) {
        send_ack(command.type, Code::UNKNOWN_COMMAND);
        return;
    }
    if (command.length != expected) {
        send_ack(command.type, Code::BAD_LENGTH);
        return;
    }
    switch (static_cast<Packet>(command.type)) {
        case Packet::Identify:
            send_identity();
            return;
        case Packet::GetStatus:
            send_status();
            return;
        case Packet::GetJitter:
            send_jitter();
            return;
        case Packet::Start:
            send_ack(command.type, start());
            return;
        case Packet::Stop:
            if (state_ == State::STREAMING) {
                board::stop_sampling();
                state_ = State::STOPPING;  // acknowledged after the last sample
            } else {
                send_ack(command.type, Code::OK);
            }
            return;
        case Packet::SetRate:
            send_ack(command.type, set_rate(command));
            return;
        case Packet::SetChannels:
            send_ack(command.type, set_channels(command));
            return;
        default:
            send_ack(command.type, set_test(command));
            return;
    }
}

// Starts from sample 0. A stream that runs is broken off: what it still held is not sent.
// Nothing is sent before the answer, since samples are sent only later in the same turn.
Code Station::start() {
    const Code code = plan_settings(settings_, MAX_CHANNELS, BAUD, plan_);
    if (code != Code::OK) {
        return code;
    }
    if (CONVERTER_CAN_FAIL && !board::converter_answers(settings_)) {
        return Code::CONVERTER_FAULT;
    }
    unsent_ = 0;
    parser_.clear_bad();
    next_status_ = settings_.rate_hz;
    frame_.begin(settings_, plan_);
    board::start_sampling(plan_, settings_.channels, settings_.oversample);
    state_ = State::STREAMING;
    return Code::OK;
}

Code Station::change(const Settings& wanted) {
    if (state_ != State::IDLE) {
        return Code::STREAMING;
    }
    const Code code = plan_settings(wanted, MAX_CHANNELS, BAUD, plan_);
    if (code == Code::OK) {
        settings_ = wanted;
    }
    return code;
}

Code Station::set_rate(const Command& command) {
    Settings wanted = settings_;
    wanted.rate_hz = static_cast<uint16_t>(command.payload[0] | (command.payload[1] << 8));
    wanted.oversample = command.payload[2];
    return change(wanted);
}

Code Station::set_channels(const Command& command) {
    Settings wanted = settings_;
    wanted.channels = command.payload[0];
    return change(wanted);
}

Code Station::set_test(const Command& command) {
    if (state_ == State::IDLE && command.payload[0] > static_cast<uint8_t>(TestSignal::SQUARE)) {
        return Code::BAD_TEST_SIGNAL;
    }
    Settings wanted = settings_;
    wanted.test = static_cast<TestSignal>(command.payload[0]);
    return change(wanted);
}

// Moves samples from the ring into packets and packets to the link, as far as there is room.
bool Station::send_samples() {
    bool busy = false;
    for (;;) {
        if (unsent_ != 0) {
            if (board::send_room() < unsent_) {
                return busy;
            }
            board::send(frame_.bytes(), unsent_);
            unsent_ = 0;
            busy = true;
        }
        const Sample* sample = board::oldest_sample();
        if (sample == nullptr) {
            return busy;
        }
        if (frame_.accepts(*sample)) {
            frame_.add(*sample);
            board::release_sample();
            busy = true;
        } else {
            unsent_ = frame_.close();
        }
        if (frame_.full()) {
            unsent_ = frame_.close();
        }
    }
}

// Sends what is left after STOP, then the answer; every sample taken before STOP arrives.
bool Station::finish_stopping() {
    if (board::scanning() || board::oldest_sample() != nullptr || unsent_ != 0) {
        return false;
    }
    if (!frame_.empty()) {
        unsent_ = frame_.close();
        return true;
    }
    if (board::send_room() < MAX_REPLY_BYTES) {
        return false;
    }
    state_ = State::IDLE;
    send_ack(static_cast<uint8_t>(Packet::Stop), Code::OK);
    return true;
}

bool Station::send_due_status() {
    const bool due = static_cast<int32_t>(frame_.next_number() - next_status_) >= 0;
    if (!due || board::send_room() < MAX_REPLY_BYTES) {
        return false;
    }
    next_status_ += settings_.rate_hz;
    send_status();
    return true;
}

void Station::send_identity() {
    uint8_t packet[OVERHEAD_BYTES + IDENTITY_BYTES];
    Writer writer(packet + HEADER_BYTES);
    writer.u8(PROTOCOL_VERSION);
    writer.u8(FIRMWARE_MAJOR);
    writer.u8(FIRMWARE_MINOR);
    writer.u8(FIRMWARE_PATCH);
    writer.u8(EMG_BOARD_ID);
    writer.u8(settings_.channels);
    writer.u8(MAX_CHANNELS);
    writer.u16(settings_.rate_hz);
    writer.u8(settings_.oversample);
    writer.u8(plan_.samples_per_frame);
    writer.u16(settings_.full_scale());
    writer.u16(VREF_MV);
    writer.u16(SENSOR_GAIN);
    writer.u16(plan_.skew_tenth_us);
    writer.u16(plan_.adc_clock_khz);
    writer.u32(BAUD);
    writer.u8(state_ == State::IDLE ? 0 : 1);
    writer.u8(static_cast<uint8_t>(settings_.test));
    board::send(packet, seal_packet(packet, Packet::Identity, IDENTITY_BYTES));
}

void Station::send_ack(uint8_t command, Code code) {
    uint8_t packet[OVERHEAD_BYTES + ACK_BYTES];
    Writer writer(packet + HEADER_BYTES);
    writer.u8(command);
    writer.u8(static_cast<uint8_t>(code));
    board::send(packet, seal_packet(packet, Packet::Ack, ACK_BYTES));
}

void Station::send_status() {
    const SamplerCounts counts = board::sampler_counts();
    uint8_t packet[OVERHEAD_BYTES + STATUS_BYTES];
    Writer writer(packet + HEADER_BYTES);
    writer.u32(counts.next_number);
    writer.u32(counts.dropped);
    writer.u32(counts.overruns);
    writer.u16(parser_.bad());
    writer.u16(counts.ring_high_water);
    writer.u16(board::free_stack_bytes());
    board::send(packet, seal_packet(packet, Packet::Status, STATUS_BYTES));
}

void Station::send_jitter() {
    const Lateness late = board::lateness();
    uint8_t packet[OVERHEAD_BYTES + JITTER_BYTES];
    Writer writer(packet + HEADER_BYTES);
    writer.u32(late.ticks);
    writer.u16(late.min_cycles);
    writer.u16(late.max_cycles);
    writer.u32(late.mean_cycles_x256);
    writer.u16(late.burst_cycles);
    board::send(packet, seal_packet(packet, Packet::Jitter, JITTER_BYTES));
}

}  // namespace emg
