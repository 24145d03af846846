// A fast board's whole program on the PC, behind modelled Arduino functions and, where there is
// one, a modelled converter. Prints what the board sends in a session of 1.5 s:
//     fast_session SCENARIO [HEX OF COMMANDS BEFORE START]
#include "fake_arduino/Arduino.h"

#include "../emgfeedback/emgfeedback.ino"
#include "chip_models.h"

#if defined(EMG_ADS1115)
#include "fake_arduino/Wire.h"
#elif defined(EMG_CONVERTER_CAN_FAIL)
#include "fake_arduino/SPI.h"
#elif defined(ARDUINO_ARCH_RENESAS)
#include "fake_arduino/FspTimer.h"
bool FspTimer::taken = false;
void (*FspTimer::called)(timer_callback_args_t*) = nullptr;
#elif defined(ARDUINO_ARCH_RP2040)
#include "fake_arduino/hardware/adc.h"
#include "fake_arduino/pico/time.h"
unsigned selected_input = 0;
bool (*on_repeat)(repeating_timer_t*) = nullptr;
#endif

FakeSerial Serial;

namespace fake {

std::string scenario;
uint64_t now_ns = 0;
void (*on_fall)() = nullptr;

namespace {

void (*timer_turn)() = nullptr;
double timer_due_ns = 0;
double timer_period_ns = 0;
bool in_interrupt = false;
int resolution = 12;
#if defined(EMG_ADS1256)
ModelAds1256 model;
#elif defined(EMG_ADS1299)
ModelAds1299 model;
#elif defined(EMG_ADS1115)
ModelAds1115 model;
#endif

}  // namespace

void pass_us(double us) {
    // In steps, so that a long wait does not hide what happens meanwhile.
    for (double left = us; left > 0; left -= 5) {
        now_ns += static_cast<uint64_t>((left < 5 ? left : 5) * 1000);
#if defined(EMG_ADS1256) || defined(EMG_ADS1299)
        model.go_on();
#endif
    }
    while (timer_turn != nullptr && !in_interrupt && static_cast<double>(now_ns) >= timer_due_ns) {
        const double skipped = std::floor((static_cast<double>(now_ns) - timer_due_ns) / timer_period_ns);
        timer_due_ns += (skipped + 1) * timer_period_ns;
        in_interrupt = true;
        timer_turn();
        in_interrupt = false;
    }
}

void start_timer(double period_us, void (*turn)()) {
    timer_turn = turn;
    timer_period_ns = period_us * 1000;
    timer_due_ns = static_cast<double>(now_ns) + timer_period_ns;
}

void stop_timer() {
    timer_turn = nullptr;
}

void fall() {
    if (on_fall != nullptr) {
        on_fall();
    }
}

// 40 Hz, another height on every channel, round a middle as sensors or electrodes have it.
double volts(int channel) {
#if defined(EMG_ADS1299)
    const double middle = 0.02 - 0.005 * channel;
    const double height = 50e-6 * (channel + 1);
#else
    const double middle = 1.6 + 0.01 * channel;
    const double height = 0.02 * (channel + 1);
#endif
    if (scenario == "beyond" && channel == 0 && between(0.7, 0.9)) {
        return 6.0;
    }
    if (scenario == "step" && channel == 0 && now_s() > 0.5) {
        return middle * 2 + height * std::sin(80 * M_PI * now_s());
    }
    return middle + height * std::sin(80 * M_PI * now_s());
}

}  // namespace fake

void analogReadResolution(int bits) {
    fake::resolution = bits;
}

int analogRead(int pin) {
    fake::pass_us(fake::scenario == "slow" && fake::between(0.5, 0.6) ? 600 : CONVERSION_SPENT_US);
#ifdef ARDUINO_ARCH_RENESAS
    const double reference = 5.0;
#else
    const double reference = 3.3;
#endif
    const double most = (1 << fake::resolution) - 1;
    const double code = std::floor(fake::volts(pin - A0) / reference * (most + 1));
    return static_cast<int>(code < 0 ? 0 : code > most ? most : code);
}

uint32_t analogReadMilliVolts(int pin) {
    static const int PINS[] = {36, 39, 34, 35, 32, 33};
    int channel = 0;
    while (PINS[channel] != pin) {
        ++channel;
    }
    fake::pass_us(fake::scenario == "slow" && fake::between(0.5, 0.6) ? 600 : CONVERSION_SPENT_US);
    const double mv = fake::volts(channel) * 1000;
    return static_cast<uint32_t>(mv < 142 ? 142 : mv > 3160 ? 3160 : mv);
}

#ifdef ARDUINO_ARCH_ESP32
namespace {
void (*on_timer)() = nullptr;
void (*task_body)(void*) = nullptr;
int given = 0;
struct TaskWaits {};
}  // namespace
void analogSetAttenuation(int) {}
int xTaskCreatePinnedToCore(void (*task)(void*), const char*, uint32_t, void*, unsigned,
                            TaskHandle_t*, int) {
    task_body = task;
    return 1;
}
void vTaskNotifyGiveFromISR(TaskHandle_t, BaseType_t*) {
    ++given;
    try {
        task_body(nullptr);
    } catch (const TaskWaits&) {  // the endless task, left where it waits
    }
}
void ulTaskNotifyTake(int, uint32_t) {
    if (given == 0) {
        throw TaskWaits{};
    }
    given = 0;
}
hw_timer_t* timerBegin(uint32_t hz) {
    static hw_timer_t timer;
    return hz == 1000000 ? &timer : nullptr;
}
void timerAttachInterrupt(hw_timer_t*, void (*call)()) {
    on_timer = call;
}
void timerAlarm(hw_timer_t*, uint64_t period, bool, uint64_t) {
    fake::start_timer(static_cast<double>(period), [] { on_timer(); });
}
void timerEnd(hw_timer_t*) {
    fake::stop_timer();
}
#endif

#if defined(EMG_ADS1256) || defined(EMG_ADS1299)
FakeSpi SPI;
namespace {
double us_per_byte = 0;
}
void FakeSpi::beginTransaction(SPISettings settings) {
    us_per_byte = settings.right ? 8e6 / settings.hz : -1;
}
uint8_t FakeSpi::transfer(uint8_t byte) {
    fake::pass_us(us_per_byte);
    return us_per_byte < 0 ? 0xFF : fake::model.transfer(byte);
}
void digitalWrite(int pin, int level) {
    if (pin == 10) {
        fake::model.select(level == LOW);
    }
}
int digitalRead(int) {
    return fake::model.ready_is_low() ? LOW : HIGH;
}
#elif defined(EMG_ADS1115)
FakeWire Wire;
uint8_t FakeWire::endTransmission() {
    fake::pass_us(us_per_byte * (1 + static_cast<double>(bytes.size())));
    return fake::model.write(address, bytes) ? 0 : 2;
}
uint8_t FakeWire::requestFrom(uint8_t from, uint8_t length) {
    fake::pass_us(us_per_byte * (1 + length));
    bytes = fake::model.read(from);
    return static_cast<uint8_t>(bytes.size());
}
int FakeWire::read() {
    const int byte = bytes.front();
    bytes.erase(bytes.begin());
    return byte;
}
#endif

namespace {

void run_until(double s) {
    while (fake::now_s() < s) {
        loop();
        const bool stall = fake::scenario == "slow" && emg::CONVERTER_CAN_FAIL &&
                           fake::between(0.5, 0.500005);
        fake::pass_us(stall ? 10300 : 5);
    }
}

void say(emg::Packet type) {
    uint8_t packet[emg::OVERHEAD_BYTES];
    emg::seal_packet(packet, type, 0);
    Serial.to_board.insert(Serial.to_board.end(), packet, packet + sizeof packet);
}

}  // namespace

int main(int argc, char** argv) {
    fake::scenario = argc > 1 ? argv[1] : "good";
    setup();
    const std::string hex = argc > 2 ? argv[2] : "";
    for (size_t i = 0; i + 1 < hex.size(); i += 2) {
        Serial.to_board.push_back(
            static_cast<uint8_t>(std::strtoul(hex.substr(i, 2).c_str(), nullptr, 16)));
    }
    say(emg::Packet::Identify);
    run_until(0.1);
    say(emg::Packet::Start);
    run_until(1.5);
    say(emg::Packet::GetJitter);
    say(emg::Packet::GetStatus);
    say(emg::Packet::Stop);
    run_until(1.6);
    std::fwrite(Serial.sent.data(), 1, Serial.sent.size(), stdout);
    return 0;
}
