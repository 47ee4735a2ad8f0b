// When work may run: in its communicator's order, and not beside another communicator's on the same GPU unless that is allowed.
#include "work.h"

#include <cstdlib>
#include <cstring>
#include <map>

namespace {

constexpr int ORDERS_LAUNCHES_FROM = 22600;

std::mutex lock;
std::map<std::string, std::vector<Communicator*>> running;  // by GPU

// Work of a communicator on its GPU, while it runs.
class OnGpu {
 public:
  OnGpu(Communicator& communicator, const Call& call)
      : communicator(communicator), gpu(communicator.gpu.bytes, sizeof communicator.gpu.bytes) {
    std::lock_guard<std::mutex> guard(lock);
    auto& here = running[gpu];
    if (!here.empty() && here.front() != &communicator && !ordersLaunches()) {
      communicator.failed(INVALID_USAGE,
                          "rank " + std::to_string(communicator.rank) + " runs " + call.text() +
                              " while another communicator works on the same GPU; before NCCL 2.26, and without"
                              " NCCL_LAUNCH_ORDER_IMPLICIT=1, their streams must be ordered by events");
    }
    here.push_back(&communicator);
  }

  ~OnGpu() {
    std::lock_guard<std::mutex> guard(lock);
    auto& here = running[gpu];
    for (auto at = here.begin(); at != here.end(); ++at) {
      if (*at == &communicator) {
        here.erase(at);
        break;
      }
    }
  }

 private:
  Communicator& communicator;
  std::string gpu;
};

}  // namespace

int version() {
  const char* text = std::getenv("SPARKTRON_PRETENDED_NCCL_VERSION");
  return text == nullptr ? 22703 : std::atoi(text);
}

bool ordersLaunches() {
  const char* text = std::getenv("NCCL_LAUNCH_ORDER_IMPLICIT");
  return version() >= ORDERS_LAUNCHES_FROM && text != nullptr && std::strcmp(text, "1") == 0;
}

bool isTransfer(const Call& call) { return call.kind == Call::SEND || call.kind == Call::RECV; }

void Work::run() {
  if (communicator->awaitTurn(ticket)) {
    OnGpu here(*communicator, operations.front().call);
    if (!communicator->works()) {
      // Refused just now.
    } else if (isTransfer(operations.front().call)) {
      runTransfers(*communicator, operations);
    } else {
      runCollective(*communicator, operations.front());
    }
  }
  communicator->endTurn();
}
