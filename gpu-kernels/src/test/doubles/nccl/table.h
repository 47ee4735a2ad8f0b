// The shared memory in which the ranks of a communicator meet. It starts as zeros.
#pragma once
#include <atomic>
#include <cstdint>
#include <string>

#include "../driver_api.h"
#include "nccl.h"

constexpr int MOST_RANKS = 16;
constexpr size_t PIECE = 256 << 10;  // bytes that a rank shows its peers at once
constexpr size_t LETTER = 32 << 10;  // bytes of a send that travel at once
constexpr int MOST_OTHERS = 12;

// How many collectives of another communicator a rank had started before this one.
struct Before {
  uint64_t communicator;
  uint64_t started;
};

// Where one rank shows its state.
struct Seat {
  enum State : uint32_t { EMPTY, SITTING, TAKEN, LEFT };
  std::atomic<uint32_t> state;
  int process;
  uint64_t processStarted;
  DeviceUuid gpu;
  std::atomic<uint64_t> step;  // how many meetings it has come to, on the device
  Call call;
  Before before[MOST_OTHERS];
  std::atomic<uint64_t> splits;  // how many splits it has come to, on the host
  int color[2], key[2];          // of the last two: a rank may be one split ahead of another that still reads
};

// One direction between two ranks, for send and receive.
struct Letterbox {
  std::atomic<uint64_t> sent, taken;
  Call call;  // as the sender sees it
  uint64_t bytes;
  char data[LETTER];
};

struct Table {
  std::atomic<int> ranks;
  Seat seats[MOST_RANKS];

  char* piece(int rank) { return reinterpret_cast<char*>(this) + sizeof(Table) + rank * PIECE; }
  Letterbox& letterbox(int from, int to);

  static size_t bytes(int ranks);
  // Maps the table of this name, which is made if it is not there; null, with errno, if that fails.
  static Table* map(const std::string& name, int ranks);
  static void unlink(const std::string& name);
};

// When a process of this machine started, in ticks since boot; 0 if it does not run (any more).
uint64_t startOf(int process);

// Waits a little, longer the longer it has been waiting.
class Pause {
 public:
  void once();
  bool worthALook() const { return rounds % 64 == 63; }

 private:
  unsigned rounds = 0;
};
