#include "shared.h"

#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "devices.h"
#include "faults.h"
#include "block.h"

namespace {

constexpr size_t SIZE = 512 << 10;  // room for static variables in the lower half, dynamic ones in the upper
constexpr size_t GUARD = 64 << 10;
constexpr size_t GAP = 64;
constexpr unsigned char POISON = 0xFF;

}  // namespace

SharedMemory::SharedMemory() {
  void* at = mmap(nullptr, SIZE + GUARD, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) {
    std::perror("libcuda (pretended): shared memory");
    std::_Exit(2);
  }
  memory = static_cast<char*>(at);
  mprotect(memory + SIZE, GUARD, PROT_NONE);
}

SharedMemory::~SharedMemory() { munmap(memory, SIZE + GUARD); }

void SharedMemory::begin(size_t dynamicBytes) {
  used = 0;
  variables.clear();
  dynamicSize = dynamicBytes;
  std::memset(memory + SIZE - dynamicSize, POISON, dynamicSize);
}

void SharedMemory::end() {}

void SharedMemory::passBarrier() {}

void SharedMemory::passWarpBarrier(size_t) {}

void* SharedMemory::variable(const void* key, const char* name, size_t size, size_t alignment) {
  for (const Variable& each : variables) {
    if (each.key == key) return memory + each.offset;
  }
  if (alignment < 16) alignment = 16;
  size_t offset = (used + alignment - 1) / alignment * alignment;
  size_t total = dynamicSize + size;
  for (const Variable& each : variables) total += each.size;
  if (total > size_t(devices::sharedOptIn())) {
    faults::stop(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES,
                 block::where() + ": " + std::to_string(total) + " bytes of shared memory with variable " + name);
  }
  variables.push_back({key, name, offset, size});
  used = offset + size + GAP;
  std::memset(memory + offset, POISON, size);
  return memory + offset;
}

void* SharedMemory::dynamic(size_t) { return memory + SIZE - (dynamicSize + 15) / 16 * 16; }
