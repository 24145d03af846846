// Sets the sampler up once, before interrupts are let in.
#pragma once

namespace emg {
namespace board {

void begin_sampler();

}  // namespace board
}  // namespace emg
