#if defined(__AVR__)

#include "stack.h"

#include <avr/io.h>

#include "../core/board.h"

extern uint8_t _end;  // first byte behind the variables, from the linker

namespace emg {

namespace {

constexpr uint8_t PAINT = 0xC5;
constexpr uint8_t OWN_FRAME_BYTES = 32;
constexpr uint16_t COUNTED_AT_MOST = 1000;  // counting a Mega's 7 kB would take 8 ms, and samples

}  // namespace

void paint_stack() {
    volatile uint8_t* const top = reinterpret_cast<uint8_t*>(SP - OWN_FRAME_BYTES);
    for (volatile uint8_t* place = &_end; place < top; ++place) {
        *place = PAINT;
    }
}

namespace board {

uint16_t free_stack_bytes() {
    const volatile uint8_t* place = &_end;
    const volatile uint8_t* const end = &_end + COUNTED_AT_MOST;
    while (place < end && *place == PAINT) {
        ++place;
    }
    return static_cast<uint16_t>(place - &_end);
}

}  // namespace board
}  // namespace emg

#endif
