// Device and pinned memory: one reserved range of addresses, of which every allocation takes a fresh part for ever.
//
// An allocation begins on 64 KiB and is followed by inaccessible pages; a byte of shadow for every 16 bytes says which of
// them belong to an allocation of which GPU, so that kernels are stopped at the first byte outside. New memory is 0xFF
// (NaN in every type); the rest of the last page holds a canary for writers that are not kernels.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include "api.h"

namespace memory {

constexpr int PINNED = 7;  // the "GPU" of pinned memory
constexpr int REGION_BITS = 42;

extern uintptr_t base;         // of the reserved range
extern const uint8_t* shadow;  // shadow[(address - base) / 16] = usable bytes (0..16) + 32 * GPU

struct Range {
  uintptr_t begin = 0, end = 0;
  int owner = -1;
};

inline bool reserved(uintptr_t address) { return address >> REGION_BITS == base >> REGION_BITS; }

void initialise();
void* allocate(int owner, size_t bytes);  // null: that GPU is full
bool release(int owner, uintptr_t address);
void releaseAll(int owner);
size_t used(int owner);
Range find(uintptr_t address);  // the live allocation around the address; owner -1: none
bool holds(uintptr_t address, size_t bytes, bool pinned);  // all of it in one live allocation of that kind
std::string describe(uintptr_t address);  // where it lies, for reports
bool intact(int owner);                    // false: something wrote behind an allocation; reported

}  // namespace memory
