// How ranks meet, divide, fail and part.
#include "communicator.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>

namespace {

std::mutex registryLock;
std::map<Communicator*, CommunicatorRef> registry;

// As the real one within a host: it does not see that a process has ended.
bool seesDeaths() { return std::getenv("SPARKTRON_PRETENDED_NCCL_BLIND") == nullptr; }

uint64_t hash(const std::string& text) {
  uint64_t result = 0xcbf29ce484222325;  // FNV-1a
  for (unsigned char c : text) {
    result = (result ^ c) * 0x100000001b3;
  }
  return result;
}

}  // namespace

CommunicatorRef Communicator::find(Communicator* handle) {
  std::lock_guard<std::mutex> guard(registryLock);
  auto found = registry.find(handle);
  return found == registry.end() ? nullptr : found->second;
}

CommunicatorRef Communicator::add(const std::string& name, int ranks, int rank, bool blocking, int device,
                                  DeviceUuid gpu) {
  auto result = std::make_shared<Communicator>();
  result->name = name;
  result->id = hash(name);
  result->ranks = ranks;
  result->rank = rank;
  result->blocking = blocking;
  result->device = device;
  result->gpu = gpu;
  std::lock_guard<std::mutex> guard(registryLock);
  registry[result.get()] = result;
  return result;
}

void Communicator::remove(Communicator* handle) {
  std::lock_guard<std::mutex> guard(registryLock);
  registry.erase(handle);
}

Communicator::~Communicator() {
  if (table != nullptr) {
    munmap(table, Table::bytes(ranks));
  }
}

Result Communicator::failed(Result result, const std::string& why) {
  Result before = state.load();
  if (before == SUCCESS || before == IN_PROGRESS) {
    fail(result, why);  // the words first: whoever polls the state asks for them at once
  }
  while ((before == SUCCESS || before == IN_PROGRESS) && !state.compare_exchange_weak(before, result)) {
  }
  return result;
}

void Communicator::abort() {
  std::lock_guard<std::mutex> guard(lock);
  aborted = true;
  turned.notify_all();
}

Result Communicator::asyncError() {
  if (state.load() == SUCCESS && polls.load() > 0) {
    polls--;
    return IN_PROGRESS;
  }
  return state.load();
}

Result Communicator::sit() {
  table = Table::map(name, ranks);
  if (table == nullptr) {
    return failed(SYSTEM_ERROR, "no shared memory for a communicator: " + std::string(std::strerror(errno)));
  }
  int said = 0;
  if (!table->ranks.compare_exchange_strong(said, ranks) && said != ranks) {
    return failed(INVALID_USAGE, "rank " + std::to_string(rank) + " opens a communicator of " + std::to_string(ranks) +
                                     " ranks, another rank one of " + std::to_string(said));
  }
  uint32_t empty = Seat::EMPTY;
  if (!seat().state.compare_exchange_strong(empty, Seat::SITTING)) {
    return failed(INVALID_USAGE, "two ranks open a communicator as rank " + std::to_string(rank));
  }
  seat().process = getpid();
  seat().processStarted = startOf(getpid());
  seat().gpu = gpu;
  seat().state.store(Seat::TAKEN);
  return SUCCESS;
}

Result Communicator::open() {
  Result result = sit();
  if (result == SUCCESS && !await([](Seat& seat) { return seat.state.load() >= Seat::TAKEN; }, "to open it")) {
    result = aborted ? INVALID_USAGE : state.load();
  }
  // All have mapped it, or it is of no use.
  Table::unlink(name);
  if (result == SUCCESS) {
    result = requireOneRankPerGpu();
  }
  if (result == SUCCESS) {
    Result opening = IN_PROGRESS;
    state.compare_exchange_strong(opening, SUCCESS);
  }
  return result;
}

Result Communicator::requireOneRankPerGpu() {
  for (int one = 0; one < ranks; one++) {
    for (int other = one + 1; other < ranks; other++) {
      if (std::memcmp(&table->seats[one].gpu, &table->seats[other].gpu, sizeof gpu) == 0) {
        return failed(INVALID_USAGE, "Duplicate GPU detected : rank " + std::to_string(one) + " and rank " +
                                         std::to_string(other) + " both on CUDA device " + std::to_string(device));
      }
    }
  }
  return SUCCESS;
}

Result Communicator::split(int color, int key, const CommunicatorRef& child) {
  uint64_t now = ++splits;
  seat().color[now % 2] = color;
  seat().key[now % 2] = key;
  seat().splits.store(now);
  if (!await([now](Seat& seat) { return seat.splits.load() >= now; }, "to split it")) {
    return aborted ? INVALID_USAGE : state.load();
  }
  if (child == nullptr) {
    return SUCCESS;
  }
  auto order = [&](int peer) { return std::make_pair(table->seats[peer].key[now % 2], peer); };
  for (int peer = 0; peer < ranks; peer++) {
    if (table->seats[peer].color[now % 2] == color) {
      child->ranks++;
      child->rank += order(peer) < order(rank);
    }
  }
  child->name = name + "-" + std::to_string(now) + "." + std::to_string(color);
  child->id = hash(child->name);
  return child->open();
}

bool Communicator::present(int peer, const std::string& what) {
  Seat& other = table->seats[peer];
  std::string lost;
  if (other.state.load() == Seat::LEFT) {
    lost = " has left its communicator";
  } else if (other.state.load() == Seat::TAKEN && seesDeaths() && startOf(other.process) != other.processStarted) {
    lost = " (process " + std::to_string(other.process) + ") has ended";
  } else {
    return true;
  }
  failed(REMOTE_ERROR,
         "rank " + std::to_string(peer) + lost + "; rank " + std::to_string(rank) + " waits for it " + what);
  return false;
}

bool Communicator::meet(const Call& call) {
  uint64_t now = seat().step.load() + 1;
  seat().step.store(now);
  return await([now](Seat& seat) { return seat.step.load() >= now; }, "in " + call.text());
}

bool Communicator::awaitTurn(uint64_t ticket) {
  std::unique_lock<std::mutex> guard(lock);
  turned.wait(guard, [&] { return ended == ticket || !works(); });
  return works();
}

void Communicator::endTurn() {
  std::lock_guard<std::mutex> guard(lock);
  ended++;
  turned.notify_all();
}

void Communicator::awaitIdle() {
  std::unique_lock<std::mutex> guard(lock);
  turned.wait(guard, [&] { return ended == launched || aborted; });
}

void Communicator::countOthers(Before before[MOST_OTHERS]) const {
  std::lock_guard<std::mutex> guard(registryLock);
  int count = 0;
  for (const auto& [handle, other] : registry) {
    if (handle != this && other->table != nullptr && std::memcmp(&other->gpu, &gpu, sizeof gpu) == 0 &&
        count < MOST_OTHERS) {
      before[count++] = Before{other->id, other->started};
    }
  }
}
