// How collectives run: ranks agree on what they do, then show each other piece after piece of their operands.
#include <algorithm>
#include <cstring>

#include "reduce.h"
#include "work.h"

namespace {

class Collective {
 public:
  Collective(Communicator& communicator, const Operation& operation)
      : communicator(communicator), operation(operation), call(operation.call), element(width(call.type)) {}

  void run() {
    Seat& seat = communicator.seat();
    seat.call = call;
    std::memcpy(seat.before, operation.before, sizeof seat.before);
    if (!communicator.meet(call) || !agree() || !communicator.meet(call)) {
      return;
    }
    const uint64_t step = PIECE / element / (call.kind == Call::REDUCE_SCATTER ? communicator.ranks : 1);
    for (uint64_t first = 0; first < call.count; first += step) {
      const uint64_t count = std::min(step, call.count - first);
      show(first, count, step);
      if (!communicator.meet(call)) {
        return;
      }
      take(first, count, step);
      if (!communicator.meet(call)) {
        return;
      }
    }
  }

 private:
  Communicator& communicator;
  const Operation& operation;
  const Call& call;
  const size_t element;

  // Every rank finds the same, since all look at the same seats.
  bool agree() {
    for (int peer = 0; peer < communicator.ranks; peer++) {
      const Seat& other = communicator.table->seats[peer];
      if (!(other.call == call)) {
        return disagree("ranks ask for different collectives: rank " + std::to_string(communicator.rank) +
                        " asks for " + call.text() + ", rank " + std::to_string(peer) + " asks for " +
                        other.call.text());
      }
      for (const Before& mine : operation.before) {
        for (const Before& theirs : other.before) {
          if (mine.communicator != 0 && mine.communicator == theirs.communicator && mine.started != theirs.started) {
            return disagree("ranks start collectives of two communicators in different order: rank " +
                            std::to_string(communicator.rank) + " starts " + call.text() + " after " +
                            std::to_string(mine.started) + " of the other communicator, rank " + std::to_string(peer) +
                            " after " + std::to_string(theirs.started));
          }
        }
      }
    }
    return true;
  }

  bool disagree(const std::string& why) {
    communicator.failed(INVALID_USAGE, why);
    return false;
  }

  // Puts elements of this rank where its peers see them.
  void show(uint64_t first, uint64_t count, uint64_t step) {
    char* piece = communicator.table->piece(communicator.rank);
    if (call.kind == Call::REDUCE_SCATTER) {
      for (int part = 0; part < communicator.ranks; part++) {
        std::memcpy(piece + part * step * element, operation.send + (part * call.count + first) * element,
                    count * element);
      }
    } else if (call.kind != Call::BROADCAST || call.root == communicator.rank) {
      std::memcpy(piece, operation.send + first * element, count * element);
    }
  }

  void take(uint64_t first, uint64_t count, uint64_t step) {
    char* to = operation.receive + first * element;
    switch (call.kind) {
      case Call::ALL_GATHER:
        for (int peer = 0; peer < communicator.ranks; peer++) {
          std::memcpy(to + peer * call.count * element, communicator.table->piece(peer), count * element);
        }
        break;
      case Call::BROADCAST:
        if (call.root != communicator.rank || operation.send != operation.receive) {
          std::memcpy(to, communicator.table->piece(call.root), count * element);
        }
        break;
      case Call::REDUCE_SCATTER:
        add(communicator.rank * step, count, first, (communicator.rank + 1) % communicator.ranks, to);
        break;
      case Call::REDUCE:
        if (call.root == communicator.rank) {
          add(0, count, first, -1, to);
        }
        break;
      default:
        add(0, count, first, -1, to);
    }
  }

  void add(uint64_t offset, uint64_t count, uint64_t first, int begin, char* to) {
    const char* inputs[MOST_RANKS];
    for (int peer = 0; peer < communicator.ranks; peer++) {
      inputs[peer] = communicator.table->piece(peer) + offset * element;
    }
    reduce(call.type, call.reduction, communicator.ranks, inputs, count, first, begin, to);
  }
};

}  // namespace

void runCollective(Communicator& communicator, const Operation& operation) {
  Collective(communicator, operation).run();
}
