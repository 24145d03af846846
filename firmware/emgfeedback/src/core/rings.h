// Rings between an interrupt and the main loop: one writer, one reader, nothing blocked.
#pragma once

#include "../../config.h"
#include "wire.h"

namespace emg {

// Keeps the compiler from moving the contents of a slot across the index that publishes it.
inline void publish_fence() {
    __asm__ volatile("" ::: "memory");
}

// Samples on their way from the sampling interrupt to the framer; counts what did not fit.
class SampleRing {
  public:
    // Writer: the next free slot, or null if all are taken; then one more sample is lost.
    Sample* reserve() {
        if (static_cast<uint8_t>(head_ - tail_) == RING_SAMPLES) {
            ++dropped_;
            return nullptr;
        }
        return &slots_[head_ % RING_SAMPLES];
    }

    // Writer: hands the reserved slot to the reader.
    void commit() {
        publish_fence();
        head_ = static_cast<uint8_t>(head_ + 1);
        const uint8_t held = static_cast<uint8_t>(head_ - tail_);
        if (held > high_water_) {
            high_water_ = held;
        }
    }

    // Reader: the oldest sample, or null.
    const Sample* front() const {
        if (head_ == tail_) {
            return nullptr;
        }
        publish_fence();
        return &slots_[tail_ % RING_SAMPLES];
    }

    // Reader: gives the slot of `front` back.
    void pop() {
        publish_fence();
        tail_ = static_cast<uint8_t>(tail_ + 1);
    }

    // Only while nothing writes.
    void clear() {
        tail_ = head_;
        dropped_ = 0;
        high_water_ = 0;
    }

    uint32_t dropped() const { return dropped_; }
    uint8_t high_water() const { return high_water_; }

  private:
    static_assert(RING_SAMPLES <= 128 && (RING_SAMPLES & (RING_SAMPLES - 1)) == 0,
                  "free-running 8-bit indices need a power of two");
    Sample slots_[RING_SAMPLES];
    volatile uint8_t head_ = 0;
    volatile uint8_t tail_ = 0;
    volatile uint32_t dropped_ = 0;
    volatile uint8_t high_water_ = 0;
};

// Bytes; SIZE is a power of two up to 256 and one place always stays free.
template <uint16_t SIZE>
class ByteRing {
  public:
    uint8_t room() const {
        return static_cast<uint8_t>(SIZE - 1 - static_cast<uint8_t>((head_ - tail_) & MASK));
    }

    bool empty() const { return head_ == tail_; }

    // Writer, only when there is room.
    void put(uint8_t byte) {
        bytes_[head_] = byte;
        publish_fence();
        head_ = static_cast<uint8_t>((head_ + 1) & MASK);
    }

    // Reader, only when not empty.
    uint8_t get() {
        const uint8_t byte = bytes_[tail_];
        publish_fence();
        tail_ = static_cast<uint8_t>((tail_ + 1) & MASK);
        return byte;
    }

    // Reader.
    void clear() { tail_ = head_; }

  private:
    static_assert(SIZE <= 256 && (SIZE & (SIZE - 1)) == 0, "indices are 8 bits wide");
    static constexpr uint8_t MASK = static_cast<uint8_t>(SIZE - 1);
    uint8_t bytes_[SIZE];
    volatile uint8_t head_ = 0;
    volatile uint8_t tail_ = 0;
};

}  // namespace emg
