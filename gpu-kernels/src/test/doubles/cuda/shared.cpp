#include "shared.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "block.h"
#include "devices.h"
#include "faults.h"
#include "lines.h"

namespace {

constexpr size_t GAP = 64;
constexpr unsigned char POISON = 0xFF;

char* map(size_t bytes) {
  void* at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) {
    std::perror("libcuda (pretended): shared memory");
    std::_Exit(2);
  }
  return static_cast<char*>(at);
}

}  // namespace

SharedMemory::SharedMemory()
    : memory(map(SIZE + GUARD)), cells(reinterpret_cast<Cell*>(map(SIZE / 2 * sizeof(Cell)))) {
  mprotect(memory + SIZE, GUARD, PROT_NONE);
}

SharedMemory::~SharedMemory() {
  munmap(memory, SIZE + GUARD);
  munmap(cells, SIZE / 2 * sizeof(Cell));
}

void SharedMemory::begin(size_t dynamicBytes, size_t warps) {
  used = 0;
  variables.clear();
  dynamicSize = dynamicBytes;
  std::memset(memory + SIZE - (dynamicSize + 15) / 16 * 16, POISON, (dynamicSize + 15) / 16 * 16);
  blockEpoch = ++epoch;
  warpEpochs.assign(warps, 0);
}

void* SharedMemory::variable(const void* key, const char* name, size_t size, size_t alignment) {
  size_t total = dynamicSize + size;
  for (const Variable& each : variables) {
    if (each.key == key) return memory + each.offset;
    total += each.size;
  }
  if (total > size_t(devices::sharedOptIn())) {
    faults::stop(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES,
                 block::where() + ": " + std::to_string(total) + " bytes of shared memory with variable " + name);
  }
  alignment = std::max<size_t>(alignment, 32);
  size_t offset = (used + alignment - 1) / alignment * alignment;
  variables.push_back({key, name, offset, size});
  used = offset + size + GAP;
  std::memset(memory + offset, POISON, size);
  return memory + offset;
}

bool SharedMemory::inside(size_t offset, size_t bytes) const {
  if (offset >= dynamicBegin()) return offset + bytes <= dynamicBegin() + dynamicSize;
  for (const Variable& each : variables) {
    if (offset >= each.offset && offset + bytes <= each.offset + each.size) return true;
  }
  return false;
}

std::string SharedMemory::outside(size_t offset) const {
  if (offset >= dynamicBegin()) {
    return std::to_string(offset - dynamicBegin() - dynamicSize) + " bytes past the end of the " +
           std::to_string(dynamicSize) + " bytes of dynamic shared memory";
  }
  std::string text = "outside of every shared variable";
  for (const Variable& each : variables) {
    if (offset >= each.offset) {
      size_t end = each.offset + each.size;
      text = (offset < end ? "across the end of shared variable " : std::to_string(offset - end) +
                                                                        " bytes past the end of shared variable ") +
             std::string(each.name) + " of " + std::to_string(each.size) + " bytes";
    }
  }
  return text;
}

// Whether another thread's touch of this block has no barrier behind it that this thread has passed as well.
bool SharedMemory::conflicts(const Touch& before, int thread) const {
  if (before.epoch != epoch) return false;
  if (before.thread == thread && before.others == NONE) return false;
  bool sameWarp = before.thread / 32 == thread / 32 && before.others != ANY;
  return !(sameWarp && before.warpEpoch < warpEpochs[size_t(thread) / 32]);
}

void SharedMemory::note(Touch& last, int thread, const void* caller, bool write) const {
  uint32_t warpEpoch = warpEpochs[size_t(thread) / 32];
  bool sameWarp = last.thread / 32 == thread / 32;
  if (write || last.epoch != epoch || (sameWarp && last.others != ANY && last.warpEpoch < warpEpoch)) {
    last = {caller, epoch, warpEpoch, uint16_t(thread), NONE};
  } else if (last.thread != thread && last.others != ANY) {
    last.others = sameWarp ? SAME_WARP : ANY;
  }
}

std::string SharedMemory::touch(uintptr_t address, size_t bytes, bool writes, int thread, const void* caller) {
  size_t offset = address - reinterpret_cast<uintptr_t>(memory);
  if (!inside(offset, bytes)) return outside(offset);
  for (size_t i = offset / 2; i <= (offset + bytes - 1) / 2; i++) {
    Cell& cell = cells[i];
    if (cell.write.epoch < blockEpoch && !writes) return "shared memory that no thread of the block has written yet";
    bool bytewise = bytes == 1;  // two threads may share a cell then
    const Touch* before = conflicts(cell.write, thread) ? &cell.write : writes && conflicts(cell.read, thread) ? &cell.read : nullptr;
    if (before && !bytewise) {
      return std::string("shared memory that another thread ") + (before == &cell.write ? "wrote" : "read") +
             " without a barrier between the two" + lines::before(before->caller);
    }
    note(writes ? cell.write : cell.read, thread, caller, writes);
  }
  return "";
}
