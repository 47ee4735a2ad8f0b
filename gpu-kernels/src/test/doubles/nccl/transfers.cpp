// Sends and receives: through a letterbox for each direction between two ranks, letter by letter.
#include <algorithm>
#include <cstring>

#include "work.h"

namespace {

class Transfer {
 public:
  Transfer(Communicator& communicator, const Operation& operation)
      : communicator(communicator),
        operation(operation),
        bytes(operation.call.count * width(operation.call.type)),
        sends(operation.call.kind == Call::SEND),
        box(sends ? communicator.table->letterbox(communicator.rank, operation.call.root)
                  : communicator.table->letterbox(operation.call.root, communicator.rank)) {}

  bool done() const { return ended; }
  const Call& call() const { return operation.call; }

  // Moves a letter if that is possible now.
  bool advance() {
    const bool full = box.sent.load() != box.taken.load();
    if (ended || full == sends) {
      return false;
    }
    if (sends) {
      put();
    } else {
      take();
    }
    return true;
  }

 private:
  Communicator& communicator;
  const Operation& operation;
  const uint64_t bytes;
  const bool sends;
  Letterbox& box;
  uint64_t moved = 0;
  bool ended = false;

  void put() {
    box.call = operation.call;
    box.bytes = std::min<uint64_t>(LETTER, bytes - moved);
    std::memcpy(box.data, operation.send + moved, box.bytes);
    moved += box.bytes;
    ended = moved == bytes;
    box.sent++;
  }

  void take() {
    if (box.call.count != operation.call.count || box.call.type != operation.call.type) {
      communicator.failed(INVALID_USAGE, "ranks ask for different transfers: rank " +
                                             std::to_string(communicator.rank) + " asks for " +
                                             operation.call.text() + ", rank " + std::to_string(operation.call.root) +
                                             " asks for " + box.call.text());
      return;
    }
    std::memcpy(operation.receive + moved, box.data, box.bytes);
    moved += box.bytes;
    ended = moved == bytes;
    box.taken++;
  }
};

}  // namespace

// Of several transfers in one direction between two ranks, the first comes first.
void runTransfers(Communicator& communicator, const std::vector<Operation>& operations) {
  std::vector<Transfer> transfers;
  for (const Operation& operation : operations) {
    transfers.emplace_back(communicator, operation);
  }
  size_t open = transfers.size();
  for (Pause pause; open > 0 && communicator.works(); pause.once()) {
    open = 0;
    for (size_t i = 0; i < transfers.size(); i++) {
      bool waits = false;
      for (size_t before = 0; before < i; before++) {
        waits |= !transfers[before].done() && transfers[before].call().kind == transfers[i].call().kind &&
                 transfers[before].call().root == transfers[i].call().root;
      }
      while (!waits && communicator.works() && transfers[i].advance()) {
      }
      if (!transfers[i].done()) {
        open++;
        if (pause.worthALook()) {
          communicator.present(transfers[i].call().root, "in " + transfers[i].call().text());
        }
      }
    }
  }
}
