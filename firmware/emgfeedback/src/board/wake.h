// Interrupts tell the main loop here that there is something to do.
#pragma once

#include <avr/io.h>

namespace emg {

// A bit of a register that takes one uninterruptible instruction to set.
inline void wake_main() {
    GPIOR0 |= _BV(0);
}

}  // namespace emg
