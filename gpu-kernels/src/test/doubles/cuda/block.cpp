#include "block.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <numeric>

#include "faults.h"
#include "history.h"
#include "runner.h"
#include "settings.h"

__thread pretended::Thread* pretended_thread __attribute__((tls_model("initial-exec")));

namespace {

std::string text(const char* what, uint3 at) {
  char line[80];
  std::snprintf(line, sizeof line, "%s (%u, %u, %u)", what, at.x, at.y, at.z);
  return line;
}

uint3 unfold(size_t index, uint3 extent) {
  return {unsigned(index % extent.x), unsigned(index / extent.x % extent.y), unsigned(index / extent.x / extent.y)};
}

__thread Runner* existingRunner __attribute__((tls_model("initial-exec")));

}  // namespace

Runner::Runner() : fibers(body), random(settings().seed) {}

Runner& Runner::current() {
  // On the heap: this library's thread-local block must stay small to be reached as directly as kernels do.
  thread_local std::unique_ptr<Runner> own;
  if (!own) {
    own.reset(new Runner());
    existingRunner = own.get();
  }
  return *own;
}

Runner* Runner::existing() { return existingRunner; }

void block::run(const Launch& launch) { Runner::current().run(launch); }

std::string block::where() { return existingRunner && existingRunner->running() ? existingRunner->where() : ""; }

void block::abandon() {
  if (existingRunner) existingRunner->abandon();
}

std::string Runner::nameOf(int which) const { return text("thread", threads[size_t(which)].threadIdx); }

std::string Runner::nameOf(pretended::Place place) {
  const char* file = place.file ? place.file : "?";
  const char* slash = std::strrchr(file, '/');
  return std::string(slash ? slash + 1 : file) + ":" + std::to_string(place.line);
}

std::string Runner::where() const {
  return text(", block", blockInfo.blockIdx) + (thread >= 0 ? ", " + nameOf(thread) : "");
}

void Runner::order(std::vector<unsigned>& indices, size_t number) {
  indices.resize(number);
  std::iota(indices.begin(), indices.end(), 0);
  if (settings().order == FiberOrder::REVERSE) std::reverse(indices.begin(), indices.end());
  if (settings().order == FiberOrder::RANDOM) std::shuffle(indices.begin(), indices.end(), random);
}

void Runner::run(const Launch& request) {
  launch = &request;
  count = int(request.block.x * request.block.y * request.block.z);
  blockInfo.blockDim = request.block;
  blockInfo.gridDim = request.grid;
  threads.resize(size_t(count));
  for (int t = 0; t < count; t++) threads[size_t(t)] = {unfold(size_t(t), request.block), &blockInfo};
  states.resize(size_t(count));
  fiberOf.resize(size_t(count));
  places.resize(size_t(count));
  warps.resize(size_t(count + 31) / 32);
  std::vector<unsigned> blocks;
  order(blocks, size_t(request.grid.x) * request.grid.y * request.grid.z);
  history::beginBlocks(uint32_t(blocks.size()));
  for (unsigned each : blocks) {
    history::beginBlock(each);
    runBlock(unfold(each, request.grid));
  }
  launch = nullptr;
}

void Runner::abandon() {
  fibers.reset();
  launch = nullptr;
  pretended_thread = nullptr;
}

void Runner::runBlock(uint3 index) {
  blockInfo.blockIdx = index;
  finished = arrived = votes = 0;
  std::fill(states.begin(), states.end(), State::NEW);
  for (Warp& warp : warps) {
    warp.groups.clear();
    warp.done = 0;
  }
  if (count % 32) warps.back().done = ~0u << count % 32;
  order(turns, size_t(count));
  shared.begin(launch->dynamicShared, warps.size());
  while (finished < count) {
    bool progress = false;
    pass(progress);
    if (!progress) divergent();
    if (settings().order == FiberOrder::RANDOM) std::shuffle(turns.begin(), turns.end(), random);
  }
  thread = -1;
  pretended_thread = nullptr;
}

// Lets every thread that can go on do so once, in order.
void Runner::pass(bool& progress) {
  for (cursor = 0; cursor < size_t(count); cursor++) {
    unsigned next = turns[cursor];
    State& state = states[next];
    if (state == State::NEW) {
      progress = true;
      fibers.enter(fibers.take());
    } else if (state == State::READY) {
      progress = true;
      thread = int(next);
      pretended_thread = &threads[next];
      fibers.enter(fiberOf[next]);
    }
  }
}

// A fiber runs the thread at the cursor and then those behind it for as long as they are new: threads that never wait
// share one fiber.
void Runner::body() {
  Runner& runner = current();
  while (true) {
    runner.runThreads();
    Fiber* own = runner.fibers.running();
    runner.fibers.giveBack(own);
    runner.fibers.leave(own);
  }
}

void Runner::runThreads() {
  while (true) {
    unsigned next = turns[cursor];
    thread = int(next);
    pretended_thread = &threads[next];
    fiberOf[next] = fibers.running();
    launch->kernel->call(launch->arguments);
    ended();
    if (cursor + 1 == size_t(count) || states[turns[cursor + 1]] != State::NEW) return;
    cursor++;
  }
}

void Runner::ended() {
  size_t own = size_t(thread);
  states[own] = State::DONE;
  finished++;
  Warp& warp = warps[own / 32];
  warp.done |= 1u << own % 32;
  for (size_t i = warp.groups.size(); i-- > 0;) {
    if (complete(warp, warp.groups[i])) finish(own / 32, i);
  }
}

void Runner::wait(State state) {
  size_t own = size_t(thread);
  states[own] = state;
  fibers.leave(fiberOf[own]);
}

int Runner::barrier(int predicate, pretended::Place place) {
  places[size_t(thread)] = place;
  arrived++;
  votes += predicate != 0;
  states[size_t(thread)] = State::BARRIER;
  if (arrived == count) {
    for (const pretended::Place& each : places) {
      if (each.line != place.line) divergent();
    }
    votesResult = votes;
    arrived = votes = 0;
    shared.passBarrier();
    std::fill(states.begin(), states.end(), State::READY);
  }
  fibers.leave(fiberOf[size_t(thread)]);
  return votesResult;
}

// Nobody can go on: names what the first thread waits for and one that does not come.
void Runner::divergent() {
  auto describe = [&](int t) {
    const pretended::Place& place = places[size_t(t)];
    std::string at = nameOf(place);
    switch (states[size_t(t)]) {
      case State::BARRIER: return nameOf(t) + " waits for its block at " + at;
      case State::WARP: return nameOf(t) + " waits for its warp at " + at;
      default: return nameOf(t) + " has returned";
    }
  };
  int first = 0;
  while (states[size_t(first)] == State::DONE) first++;
  std::string other;
  for (int t = 0; t < count && other.empty(); t++) {
    bool same = states[size_t(t)] == states[size_t(first)] && places[size_t(t)].line == places[size_t(first)].line;
    if (!same) other = describe(t);
  }
  thread = -1;
  faults::stop(CUDA_ERROR_LAUNCH_FAILED, where() + ": divergent: " + describe(first) +
                                             (other.empty() ? ", alone with a mask that others do not have" : ", but " + other));
}
