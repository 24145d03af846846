#pragma once
#include "Arduino.h"

class IntervalTimer {
  public:
    bool begin(void (*call)(), uint32_t us) {
        fake::start_timer(us, call);
        return true;
    }
    void end() { fake::stop_timer(); }
};
