#include "memory.h"

#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

#include "errors.h"
#include "history.h"
#include "settings.h"

namespace memory {

uintptr_t base;
const uint8_t* shadow;

namespace {

constexpr size_t REGION = size_t{1} << REGION_BITS;
constexpr size_t SLOT = 64 << 10;  // so that every allocation has whole pages of shadow for itself
constexpr size_t PAGE = 4096;
constexpr unsigned char POISON = 0xFF, CANARY = 0xC5;

std::mutex lock;
uintptr_t fresh;
size_t inUse[PINNED + 1];

struct Ranges : std::map<uintptr_t, Range> {};

Ranges& live() {
  static auto* all = new Ranges;
  return *all;
}

Ranges& freed() {  // for reports
  static auto* all = new Ranges;
  return *all;
}

size_t up(size_t value, size_t multiple) { return (value + multiple - 1) / multiple * multiple; }

void* map(uintptr_t hint, size_t bytes, int protection) {
  void* at = mmap(reinterpret_cast<void*>(hint), bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) {
    std::perror("libcuda (pretended): cannot reserve addresses for pretended GPU memory");
    std::_Exit(2);
  }
  return at;
}

void protect(uintptr_t at, size_t bytes, int protection) {
  if (mprotect(reinterpret_cast<void*>(at), bytes, protection) != 0) {
    std::perror("libcuda (pretended): mprotect of pretended GPU memory");
    std::_Exit(2);
  }
}

uintptr_t shadowOf(uintptr_t address) { return reinterpret_cast<uintptr_t>(shadow) + (address - base) / 16; }

void mark(const Range& range) {
  size_t bytes = range.end - range.begin;
  protect(shadowOf(range.begin), up(up(bytes, 16) / 16, PAGE), PROT_READ | PROT_WRITE);
  auto* cells = reinterpret_cast<uint8_t*>(shadowOf(range.begin));
  std::memset(cells, 16 | range.owner << 5, bytes / 16);
  if (bytes % 16) cells[bytes / 16] = uint8_t(bytes % 16 | range.owner << 5);
}

void unmark(const Range& range) {
  size_t cells = up(up(range.end - range.begin, 16) / 16, PAGE);
  madvise(reinterpret_cast<void*>(shadowOf(range.begin)), cells, MADV_DONTNEED);
  protect(shadowOf(range.begin), cells, PROT_READ);
}

// Kernels are stopped before they write outside, so this finds the host's code: copies, libcublas, libnccl.
bool intact(const Range& range) {
  auto* end = reinterpret_cast<unsigned char*>(up(range.end, PAGE));
  for (auto* at = reinterpret_cast<unsigned char*>(range.end); at < end; at++) {
    if (*at == CANARY) continue;
    size_t past = size_t(reinterpret_cast<uintptr_t>(at) - range.end);
    std::memset(at, CANARY, size_t(end - at));
    report(CUDA_ERROR_ILLEGAL_ADDRESS, "something that is no kernel wrote " + std::to_string(past) +
                                           " bytes past the end of an allocation of " +
                                           std::to_string(range.end - range.begin) + " bytes");
    return false;
  }
  return true;
}

void discard(const Range& range) {
  intact(range);
  size_t bytes = up(range.end - range.begin, PAGE);
  unmark(range);
  history::forget(range.begin, bytes);
  madvise(reinterpret_cast<void*>(range.begin), bytes, MADV_DONTNEED);
  protect(range.begin, bytes, PROT_NONE);
  inUse[range.owner] -= range.end - range.begin;
  freed()[range.begin] = range;
}

const Range* around(const Ranges& ranges, uintptr_t address) {
  auto next = ranges.upper_bound(address);
  return next == ranges.begin() ? nullptr : &std::prev(next)->second;
}

}  // namespace

void initialise() {
  uintptr_t at = reinterpret_cast<uintptr_t>(map(uintptr_t{8} << REGION_BITS, 2 * REGION, PROT_NONE));
  base = up(at, REGION);
  shadow = static_cast<const uint8_t*>(map(0, REGION / 16, PROT_READ));
  fresh = base + SLOT;
}

void* allocate(int owner, size_t bytes) {
  std::lock_guard<std::mutex> held(lock);
  if (owner != PINNED && bytes > settings().memory - inUse[owner]) return nullptr;
  if (fresh + bytes + 2 * SLOT > base + REGION) return nullptr;
  Range range{fresh, fresh + bytes, owner};
  size_t pages = up(bytes, PAGE);
  fresh += up(bytes, SLOT) + SLOT;
  protect(range.begin, pages, PROT_READ | PROT_WRITE);
  std::memset(reinterpret_cast<void*>(range.begin), POISON, bytes);
  std::memset(reinterpret_cast<void*>(range.end), CANARY, pages - bytes);
  mark(range);
  live()[range.begin] = range;
  inUse[owner] += bytes;
  return reinterpret_cast<void*>(range.begin);
}

bool release(int owner, uintptr_t address) {
  std::lock_guard<std::mutex> held(lock);
  auto found = live().find(address);
  if (found == live().end() || found->second.owner != owner) return false;
  discard(found->second);
  live().erase(found);
  return true;
}

void releaseAll(int owner) {
  std::lock_guard<std::mutex> held(lock);
  for (auto at = live().begin(); at != live().end();) {
    if (at->second.owner == owner) {
      discard(at->second);
      at = live().erase(at);
    } else {
      ++at;
    }
  }
}

size_t used(int owner) {
  std::lock_guard<std::mutex> held(lock);
  return inUse[owner];
}

Range find(uintptr_t address) {
  std::lock_guard<std::mutex> held(lock);
  const Range* range = around(live(), address);
  return range && address < range->end ? *range : Range{};
}

bool holds(uintptr_t address, size_t bytes, bool pinned) {
  Range range = find(address);
  return range.owner >= 0 && (range.owner == PINNED) == pinned && bytes <= range.end - address;
}

std::string describe(uintptr_t address) {
  std::lock_guard<std::mutex> held(lock);
  char text[200];
  const Range* range = around(live(), address);
  const Range* old = around(freed(), address);
  if (old && address < old->end && !(range && address < range->end)) {
    std::snprintf(text, sizeof text, "byte %zu of an allocation of %zu bytes that is freed", size_t(address - old->begin),
                  size_t(old->end - old->begin));
  } else if (range && address < range->end) {
    std::snprintf(text, sizeof text, "byte %zu of an allocation of %zu bytes of %s %d", size_t(address - range->begin),
                  size_t(range->end - range->begin), range->owner == PINNED ? "pinned memory" : "GPU", range->owner);
  } else if (range && address - range->end < SLOT / 2) {
    std::snprintf(text, sizeof text, "%zu bytes past the end of an allocation of %zu bytes", size_t(address - range->end),
                  size_t(range->end - range->begin));
  } else {
    auto next = live().lower_bound(address);
    if (next != live().end() && next->first - address <= SLOT) {
      std::snprintf(text, sizeof text, "%zu bytes before an allocation of %zu bytes", size_t(next->first - address),
                    size_t(next->second.end - next->second.begin));
    } else {
      std::snprintf(text, sizeof text, reserved(address) ? "far from every allocation" : "not an address of GPU memory");
    }
  }
  return text;
}

bool intact(int owner) {
  std::lock_guard<std::mutex> held(lock);
  bool all = true;
  for (const auto& each : live()) {
    if (each.second.owner == owner) all &= intact(each.second);
  }
  return all;
}

}  // namespace memory
