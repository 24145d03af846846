// What the files of the fast boards share.
#pragma once

namespace emg {
namespace board {

void begin_fast_sampler();

// Once in every turn of the main loop.
void poll_fast_sampler();

}  // namespace board
}  // namespace emg
