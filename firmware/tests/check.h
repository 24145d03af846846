// What the tests of the core share.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

using Bytes = std::vector<uint8_t>;

extern unsigned checks;

inline void check(bool holds, const char* what, const char* file, int line) {
    ++checks;
    if (!holds) {
        std::fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
        std::exit(1);
    }
}

#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)

// The same numbers in every run.
inline uint8_t random_byte() {
    static uint32_t state = 12345;
    state = state * 1664525U + 1013904223U;
    return static_cast<uint8_t>(state >> 24);
}

void test_station();
