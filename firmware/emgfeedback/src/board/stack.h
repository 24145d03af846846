// How much of the stack was never used.
#pragma once

#include <stdint.h>

namespace emg {

// Paints what is free now; `free_stack_bytes` later counts the paint that is left.
void paint_stack();

}  // namespace emg
