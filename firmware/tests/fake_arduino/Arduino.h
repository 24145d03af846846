// The Arduino functions that the fast boards' files call, on a PC with a clock of its own. Time
// passes only where a call takes time, so that every run is the same.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

#define LOW 0
#define HIGH 1
#define INPUT_PULLUP 2
#define OUTPUT 1
#define FALLING 2
#define A0 14
#define IRAM_ATTR

namespace fake {

// What the test wants to go wrong; "good" for nothing.
extern std::string scenario;
extern uint64_t now_ns;

inline double now_s() { return static_cast<double>(now_ns) * 1e-9; }
inline bool between(double from_s, double to_s) { return now_s() >= from_s && now_s() < to_s; }

// Lets time pass: the chip goes on and due interrupts run.
void pass_us(double us);

// Calls `turn` every `period_us` from now on, once even if several turns were due.
void start_timer(double period_us, void (*turn)());
void stop_timer();

// Volts at input `channel` now.
double volts(int channel);

// The ready line falls.
void fall();
extern void (*on_fall)();

}  // namespace fake

inline uint32_t micros() { return static_cast<uint32_t>(fake::now_ns / 1000); }
inline void delayMicroseconds(unsigned us) { fake::pass_us(us); }
inline void noInterrupts() {}
inline void interrupts() {}
inline void pinMode(int, int) {}
void digitalWrite(int pin, int level);
int digitalRead(int pin);
inline int digitalPinToInterrupt(int pin) { return pin; }
inline void attachInterrupt(int, void (*call)(), int) { fake::on_fall = call; }

void analogReadResolution(int bits);
inline void analogReadAveraging(unsigned) {}
int analogRead(int pin);
uint32_t analogReadMilliVolts(int pin);

struct FakeSerial {
    std::deque<uint8_t> to_board;
    std::vector<uint8_t> sent;
    void begin(unsigned long) {}
    int availableForWrite() { return 64; }
    void write(uint8_t byte) { sent.push_back(byte); }
    int read() {
        if (to_board.empty()) {
            return -1;
        }
        const uint8_t byte = to_board.front();
        to_board.pop_front();
        return byte;
    }
};
extern FakeSerial Serial;

#ifdef ARDUINO_ARCH_ESP32
#define ADC_11db 3
#define ARDUINO_RUNNING_CORE 1
#define configMAX_PRIORITIES 25
#define pdFALSE 0
#define pdTRUE 1
#define portMAX_DELAY 0xFFFFFFFFU
#define portYIELD_FROM_ISR(woken) static_cast<void>(woken)
using BaseType_t = int;
using TaskHandle_t = void*;
using hw_timer_t = int;
void analogSetAttenuation(int);
int xTaskCreatePinnedToCore(void (*task)(void*), const char*, uint32_t, void*, unsigned,
                            TaskHandle_t*, int core);
void vTaskNotifyGiveFromISR(TaskHandle_t, BaseType_t*);
void ulTaskNotifyTake(int, uint32_t);
hw_timer_t* timerBegin(uint32_t hz);
void timerAttachInterrupt(hw_timer_t*, void (*)());
void timerAlarm(hw_timer_t*, uint64_t period, bool again, uint64_t count);
void timerEnd(hw_timer_t*);
#endif
