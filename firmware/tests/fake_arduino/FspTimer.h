#pragma once
#include "Arduino.h"

enum { GPT_TIMER, TIMER_MODE_PERIODIC };
struct timer_callback_args_t {};

class FspTimer {
  public:
    static int8_t get_available_timer(uint8_t&) { return taken ? int8_t{-1} : int8_t{3}; }
    bool begin(int, uint8_t, uint8_t, float hz, float, void (*call)(timer_callback_args_t*)) {
        hz_ = hz;
        called = call;
        taken = true;
        return true;
    }
    bool setup_overflow_irq() { return true; }
    bool open() { return true; }
    bool start() {
        fake::start_timer(1e6 / static_cast<double>(hz_), [] { called(nullptr); });
        return true;
    }
    bool stop() {
        fake::stop_timer();
        return true;
    }
    bool end() {
        taken = false;
        return true;
    }

  private:
    static bool taken;
    static void (*called)(timer_callback_args_t*);
    float hz_ = 0;
};
