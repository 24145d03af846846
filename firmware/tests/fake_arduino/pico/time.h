#pragma once
#include "../Arduino.h"

struct repeating_timer_t {};
extern bool (*on_repeat)(repeating_timer_t*);
inline bool add_repeating_timer_us(int64_t us, bool (*call)(repeating_timer_t*), void*, repeating_timer_t*) {
    on_repeat = call;
    fake::start_timer(static_cast<double>(-us), [] { on_repeat(nullptr); });
    return us < 0;
}
inline bool cancel_repeating_timer(repeating_timer_t*) {
    fake::stop_timer();
    return true;
}
