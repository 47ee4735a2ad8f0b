// Who touched which bytes of device memory last, to find work that nothing orders.
//
// Every operation of a stream, and every block of a kernel, has a serial number; a cell for every two bytes of memory holds
// the serials that wrote and read them last. An access that no stream, event or wait of the host orders after the one
// before it is a defect, whatever the bytes happened to be this time. So are two blocks of one launch that touch the same
// bytes without atomics or fences.
#pragma once
#include <cstdint>
#include <string>
#include "streams.h"

namespace history {

struct Cell {
  uint32_t writer, reader;
};

enum class Access { READ, WRITE, ATOMIC };

void initialise();
void forget(uintptr_t begin, size_t bytes);  // memory that is freed

// Under the streams' lock: what an operation comes after, as it is enqueued; what the host has seen to be over; the end
// of a stream.
void enqueue(Operation& operation, const Operation* previous);
void observe(const Operation& operation);
void retire(const Stream& stream);

// On a worker: an operation begins, of so many blocks; one of its blocks begins.
void begin(const OperationPointer& operation);
void beginBlocks(uint32_t count);
void beginBlock(uint32_t index);
void fence();  // __threadfence: from here on the blocks of this launch may talk to each other

// False: nothing orders this access after an earlier one, and conflict() names that; else it is remembered as the last.
bool touch(uintptr_t address, size_t bytes, Access access);
std::string conflict();
void touchAll(const void* address, size_t bytes, Access access);  // any memory; stops the operation where it races

}  // namespace history
