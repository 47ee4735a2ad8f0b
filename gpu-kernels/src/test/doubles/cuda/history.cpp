#include "history.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "contexts.h"
#include "faults.h"
#include "memory.h"

namespace history {
namespace {

Cell* cells;  // cells[(address - memory::base) / 2]

constexpr size_t KEPT = 50000;  // operations; what is older counts as ordered

std::mutex lock;  // of records
std::atomic<uint32_t> serials{1};

// By the first of its serials; its blocks have those behind it.
std::map<uint32_t, OperationPointer>& records() {
  static auto* all = new std::map<uint32_t, OperationPointer>;
  return *all;
}

// Guarded by the streams' lock: what the host has seen to be over, by stream, and the streams that are wholly over.
std::map<uint64_t, uint64_t>& hostKnows() {
  static auto* all = new std::map<uint64_t, uint64_t>;
  return *all;
}

std::map<uint64_t, uint64_t>& retired() {  // stream, moment
  static auto* all = new std::map<uint64_t, uint64_t>;
  return *all;
}

uint64_t moment = 1;

thread_local const Operation* running;
thread_local uint32_t firstSerial, mySerial;

// Ranges of serials that were found to be over: a kernel meets the same few again and again.
struct Over {
  uint32_t from, to;
};
constexpr int REMEMBERED = 16;
thread_local Over remembered[REMEMBERED];
thread_local int nextRemembered;
thread_local bool fenced;

void raise(std::map<uint64_t, uint64_t>& clock, uint64_t stream, uint64_t number) {
  uint64_t& known = clock[stream];
  known = std::max(known, number);
}

void merge(std::map<uint64_t, uint64_t>& clock, const Operation& before) {
  for (const auto& each : before.known) raise(clock, each.first, each.second);
  raise(clock, before.streamNumber, before.number);
}

bool ordered(const Operation& before, const Operation& after) {
  if (before.streamNumber == after.streamNumber) return before.number < after.number;
  auto known = after.known.find(before.streamNumber);
  if (known != after.known.end()) return known->second >= before.number;
  std::lock_guard<std::mutex> held(streams::mutex());
  auto over = retired().find(before.streamNumber);
  return over != retired().end() && over->second <= after.moment;
}

std::string& why() {
  static thread_local std::string text;
  return text;
}

// Whether what a serial stands for is over, or why not.
bool over(uint32_t serial) {
  if (serial == 0 || serial == mySerial || serial == firstSerial) return true;
  for (const Over& each : remembered) {
    if (serial - each.from < each.to - each.from) return true;
  }
  OperationPointer other;
  uint32_t first = 0, next = UINT32_MAX;
  {
    std::lock_guard<std::mutex> held(lock);
    auto behind = records().upper_bound(serial);
    if (behind == records().begin()) return true;
    if (behind != records().end()) next = behind->first;
    other = std::prev(behind)->second;
    first = std::prev(behind)->first;
  }
  if (other.get() == running) {
    if (fenced) return true;
    why() = "another block of the same launch";
    return false;
  }
  if (ordered(*other, *running)) {
    remembered[nextRemembered++ % REMEMBERED] = {first, next};
    return true;
  }
  why() = other->name + " of another stream, and no event orders the two";
  return false;
}

}  // namespace

void initialise() {
  size_t bytes = (size_t{1} << memory::REGION_BITS) / 2 * sizeof(Cell);
  void* at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) {
    std::perror("libcuda (pretended): cannot reserve addresses for the history of memory");
    std::_Exit(2);
  }
  cells = static_cast<Cell*>(at);
}

void forget(uintptr_t begin, size_t bytes) {
  madvise(cells + (begin - memory::base) / 2, bytes / 2 * sizeof(Cell), MADV_DONTNEED);
}

void enqueue(Operation& operation, const Operation* previous) {
  operation.moment = ++moment;
  operation.known = hostKnows();
  if (previous) merge(operation.known, *previous);
  for (const OperationPointer& before : operation.after) merge(operation.known, *before);
  operation.known.erase(operation.streamNumber);
}

void observe(const Operation& operation) {
  ++moment;
  auto& host = hostKnows();
  merge(host, operation);
  for (auto each = host.begin(); each != host.end();) {
    each = retired().count(each->first) ? host.erase(each) : std::next(each);
  }
}

void retire(const Stream& stream) {
  auto known = hostKnows().find(stream.number);
  if (known == hostKnows().end() ? stream.enqueued > 0 : known->second < stream.enqueued) return;
  retired()[stream.number] = ++moment;
  hostKnows().erase(stream.number);
}

void begin(const OperationPointer& operation) {
  running = operation.get();
  fenced = false;
  std::fill(std::begin(remembered), std::end(remembered), Over{0, 0});
  std::lock_guard<std::mutex> held(lock);
  firstSerial = mySerial = serials.fetch_add(1);
  records()[firstSerial] = operation;
  while (records().size() > KEPT) records().erase(records().begin());
}

void beginBlocks(uint32_t count) {
  std::lock_guard<std::mutex> held(lock);
  OperationPointer own = records()[firstSerial];
  records().erase(firstSerial);
  firstSerial = mySerial = serials.fetch_add(count + 1);
  records()[firstSerial] = own;
}

void beginBlock(uint32_t index) { mySerial = firstSerial + 1 + index; }

void fence() { fenced = true; }

bool touch(uintptr_t address, size_t bytes, Access access) {
  if (running == nullptr) return true;
  Cell* cell = cells + (address - memory::base) / 2;
  Cell* end = cells + (address + bytes - 1 - memory::base) / 2 + 1;
  for (; cell < end; cell++) {
    if (cell->reader == mySerial && (access == Access::READ || cell->writer == mySerial)) continue;
    if (!over(cell->writer)) {
      why() = "was written by " + why();
      return false;
    }
    if (access != Access::READ && !over(cell->reader)) {
      why() = "was read by " + why();
      return false;
    }
    uint32_t serial = access == Access::ATOMIC ? firstSerial : mySerial;
    cell->reader = serial;
    if (access != Access::READ) cell->writer = serial;
  }
  return true;
}

std::string conflict() { return why(); }

void touchAll(const void* address, size_t bytes, Access access) {
  auto at = reinterpret_cast<uintptr_t>(address);
  if (bytes == 0 || !memory::reserved(at)) return;
  if (!touch(at, bytes, access)) {
    faults::stop(CUDA_ERROR_LAUNCH_FAILED, std::string(access == Access::READ ? ": reads" : ": writes") + " what " + why());
  }
}

}  // namespace history
