#include <cstdlib>

#include "group.h"

namespace {

struct Pending {
  CommunicatorRef communicator;
  Operation operation;
};

struct Meeting {
  CommunicatorRef communicator;
  std::function<Result()> work;
};

struct Group {
  int depth = 0;
  Result error = SUCCESS;  // the first among its calls
  std::vector<Pending> operations;
  std::vector<Meeting> meetings;
};

thread_local Group group;

// As the real one up to 2.22, where a communicator that does not block may block in a collective's call.
bool callsWait() { return std::getenv("SPARKTRON_PRETENDED_NCCL_CALLS_WAIT") != nullptr; }

void runAndFree(void* work) { std::unique_ptr<Work>(static_cast<Work*>(work))->run(); }

Result launch(std::unique_ptr<Work> work) {
  CommunicatorRef communicator = work->communicator;
  work->ticket = communicator->launched++;
  int result = cuLaunchHostFunc(work->operations.front().stream, runAndFree, work.get());
  if (result != 0) {
    communicator->endTurn();
    return fail(CUDA_ERROR, "the driver refuses work on the stream with " + std::to_string(result));
  }
  work.release();
  if (callsWait()) {
    communicator->awaitIdle();
  }
  if (communicator->blocking) {
    return SUCCESS;
  }
  communicator->polls = 1;
  return IN_PROGRESS;
}

// The first real error, else whether something still goes on.
Result worse(Result one, Result other) {
  bool fails = one != SUCCESS && one != IN_PROGRESS;
  return fails || other == SUCCESS ? one : other;
}

Result launchAll(const std::vector<Pending>& operations) {
  std::vector<std::unique_ptr<Work>> works;
  for (const Pending& pending : operations) {
    Work* together = nullptr;
    for (auto& work : works) {
      if (isTransfer(pending.operation.call) && work->communicator == pending.communicator &&
          isTransfer(work->operations.front().call)) {
        together = work.get();
      }
    }
    if (together == nullptr) {
      works.push_back(std::make_unique<Work>(Work{pending.communicator, {}, 0}));
      together = works.back().get();
    }
    together->operations.push_back(pending.operation);
  }
  Result result = SUCCESS;
  for (auto& work : works) {
    result = worse(result, launch(std::move(work)));
  }
  return result;
}

Result meetAll(std::vector<Meeting> meetings) {
  std::vector<std::thread> threads;
  std::vector<Result> results(meetings.size(), SUCCESS);
  for (size_t i = 0; i < meetings.size(); i++) {
    std::thread thread([work = meetings[i].work, &results, i, waits = meetings[i].communicator->blocking] {
      Result result = work();
      if (waits) {
        results[i] = result;
      }
    });
    if (meetings[i].communicator->blocking) {
      threads.push_back(std::move(thread));
    } else {
      thread.detach();
      results[i] = IN_PROGRESS;
    }
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  Result result = SUCCESS;
  for (Result one : results) {
    result = worse(result, one);
  }
  return result;
}

}  // namespace

Result groupStart() {
  group.depth++;
  return SUCCESS;
}

Result groupEnd() {
  if (group.depth == 0) {
    return fail(INVALID_USAGE, "ncclGroupEnd: not in a group call.");
  }
  if (--group.depth > 0) {
    return SUCCESS;
  }
  Group ended = std::move(group);
  group = Group{};
  if (ended.error != SUCCESS) {
    return ended.error;
  }
  Result result = meetAll(std::move(ended.meetings));
  return worse(result, launchAll(ended.operations));
}

Result returned(Result result) {
  if (group.depth > 0) {
    group.error = worse(group.error, result);
  }
  return result;
}

Result submit(const CommunicatorRef& communicator, const Operation& operation) {
  Pending pending{communicator, operation};
  if (!isTransfer(operation.call)) {
    communicator->countOthers(pending.operation.before);
    communicator->started++;
  }
  if (group.depth > 0) {
    group.operations.push_back(pending);
    return SUCCESS;
  }
  return launchAll({pending});
}

Result meetPeers(const CommunicatorRef& communicator, std::function<Result()> work) {
  if (group.depth > 0) {
    group.meetings.push_back(Meeting{communicator, std::move(work)});
    return SUCCESS;
  }
  return meetAll({Meeting{communicator, std::move(work)}});
}
