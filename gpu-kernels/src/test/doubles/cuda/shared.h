// The shared memory of the block that a worker runs.
//
// Every __shared__ variable has a place of its own with a gap behind it; the dynamic part ends at inaccessible memory. All
// of it is 0xFF when a block begins.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

class SharedMemory {
 public:
  SharedMemory();
  ~SharedMemory();

  void begin(size_t dynamicBytes);  // of a block
  void end();
  void passBarrier();
  void passWarpBarrier(size_t warp);
  void* variable(const void* key, const char* name, size_t size, size_t alignment);
  void* dynamic(size_t alignment);

 private:
  struct Variable {
    const void* key;
    const char* name;
    size_t offset, size;
  };

  char* memory;
  size_t used = 0;
  size_t dynamicSize = 0;
  std::vector<Variable> variables;
};
