// One rank's end of a communicator.
#pragma once
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "table.h"

struct Communicator;
using CommunicatorRef = std::shared_ptr<Communicator>;

struct Communicator : std::enable_shared_from_this<Communicator> {
  std::string name;  // of its shared memory
  uint64_t id = 0;   // the same on all its ranks
  int rank = 0;
  int ranks = 0;
  int device = 0;
  DeviceUuid gpu{};
  bool blocking = true;
  Table* table = nullptr;

  std::atomic<Result> state{IN_PROGRESS};
  std::atomic<int> polls{0};  // how often a communicator that does not block still says that it is at work
  std::atomic<bool> aborted{false};

  uint64_t started = 0;   // collectives, on the host
  uint64_t launched = 0;  // pieces of work, on the host
  uint64_t splits = 0;

  ~Communicator();

  Seat& seat() { return table->seats[rank]; }

  // The communicator behind a handle, or null.
  static CommunicatorRef find(Communicator* handle);
  // Takes up a new communicator: it can be found from now on.
  static CommunicatorRef add(const std::string& name, int ranks, int rank, bool blocking, int device, DeviceUuid gpu);
  static void remove(Communicator* handle);

  // Meets the other ranks; what it returns becomes the state.
  Result open();
  // Divides it; `child` meets its ranks.
  Result split(int color, int key, const CommunicatorRef& child);

  // Fails the communicator, on this rank.
  Result failed(Result result, const std::string& why);
  // Ends what waits here, now and later, without the peers.
  void abort();
  bool works() const { return !aborted && state.load() != INVALID_USAGE && state.load() != REMOTE_ERROR; }
  // What ncclCommGetAsyncError says.
  Result asyncError();

  // Waits until all ranks satisfy a condition on their seats; false if that is in vain. `what` says what for.
  template <typename Condition>
  bool await(Condition condition, const std::string& what) {
    for (int peer = 0; peer < ranks; peer++) {
      for (Pause pause; !condition(table->seats[peer]); pause.once()) {
        if (!works() || (pause.worthALook() && !present(peer, what))) {
          return false;
        }
      }
    }
    return works();
  }
  // Comes to the next meeting on the device and waits for all others there.
  bool meet(const Call& call);
  // Fails the communicator if a peer has left or its process has ended.
  bool present(int peer, const std::string& what);

  // Work runs in the order in which it was launched, whatever its streams.
  bool awaitTurn(uint64_t ticket);
  void endTurn();
  // All that was launched has run.
  void awaitIdle();

  // Counts of the other communicators of this GPU, at this moment.
  void countOthers(Before before[MOST_OTHERS]) const;

 private:
  std::mutex lock;
  std::condition_variable turned;
  uint64_t ended = 0;

  Result sit();
  Result requireOneRankPerGpu();
};
