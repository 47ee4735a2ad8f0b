// The shared memory of the block that a worker runs, and who touched it.
//
// Every __shared__ variable has a place of its own with a gap behind it; the dynamic part ends at inaccessible memory. All
// of it is 0xFF when a block begins. A cell for every two bytes says which thread wrote and read them since which barrier:
// two threads that touch the same bytes without a barrier between them race, whatever order they ran in; and what no
// thread has written may not be read.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

class SharedMemory {
 public:
  SharedMemory();
  ~SharedMemory();

  void begin(size_t dynamicBytes, size_t warps);  // of a block
  void passBarrier() { epoch++; }
  void passWarpBarrier(size_t warp) { warpEpochs[warp]++; }
  void* variable(const void* key, const char* name, size_t size, size_t alignment);
  void* dynamic() const { return memory + dynamicBegin(); }

  bool contains(uintptr_t address) const { return address - reinterpret_cast<uintptr_t>(memory) < SIZE + GUARD; }
  // Empty, or what is wrong with an access of a thread.
  std::string touch(uintptr_t address, size_t bytes, bool writes, int thread, const void* caller);

 private:
  static constexpr size_t SIZE = 512 << 10;  // static variables from its begin, dynamic ones at its end
  static constexpr size_t GUARD = 64 << 10;

  struct Variable {
    const void* key;
    const char* name;
    size_t offset, size;
  };

  enum Others : uint16_t { NONE, SAME_WARP, ANY };  // threads that touched beside the one that is named

  struct Touch {
    const void* caller;
    uint32_t epoch, warpEpoch;
    uint16_t thread;
    Others others;
  };

  struct Cell {
    Touch write, read;
  };

  size_t dynamicBegin() const { return SIZE - (dynamicSize + 15) / 16 * 16; }
  std::string outside(size_t offset) const;
  bool inside(size_t offset, size_t bytes) const;
  bool conflicts(const Touch& before, int thread) const;
  void note(Touch& last, int thread, const void* caller, bool write) const;

  char* memory;
  Cell* cells;
  size_t used = 0;
  size_t dynamicSize = 0;
  uint32_t epoch = 0, blockEpoch = 0;  // barriers that this worker has passed, now and when the block began
  std::vector<uint32_t> warpEpochs;
  std::vector<Variable> variables;
};
