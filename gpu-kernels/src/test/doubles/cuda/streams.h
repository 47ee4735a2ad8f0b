// Streams: a queue of operations each, worked off in order by a thread of its own.
//
// Work starts only when somebody waits for it or asks after it, or after a delay: so what relies on luck rather than on an
// event reads old bytes. Everything here is guarded by one lock for the process.
#pragma once
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>
#include "api.h"

using Clock = std::chrono::steady_clock;

struct Operation {
  std::string name;
  std::function<void()> run;
  std::vector<std::shared_ptr<Operation>> after;
  Stream* stream = nullptr;  // valid while the operation is not done
  uint64_t number = 0;       // in its stream, from 1
  uint64_t streamNumber = 0;
  uint64_t moment = 0;                 // when it was enqueued, counted over the process
  std::map<uint64_t, uint64_t> known;  // per stream, its newest operation that is over before this one begins
  Clock::time_point enqueued, finished;
  bool done = false;
  std::condition_variable doneSignal;
};

using OperationPointer = std::shared_ptr<Operation>;

struct Stream {
  uint64_t number;  // unique in the process
  Context* context;
  unsigned flags;
  int priority;
  bool closed = false;
  std::deque<OperationPointer> queue;
  OperationPointer last;  // the newest, done or not
  uint64_t enqueued = 0;
  uint64_t demanded = 0;  // operations up to this number need not wait for the delay
  std::condition_variable signal;
  bool started = false;
};

namespace streams {

std::mutex& mutex();
using Lock = std::unique_lock<std::mutex>;

// The stream that a handle means in this context: null and 1 are the legacy stream; null if it is unknown.
Stream* resolve(CUstream handle, Context* context);
Stream* create(Context* context, unsigned flags, int priority, bool legacy = false);
void close(Stream* stream);

// Appends work; the rules of the legacy stream add to what it comes after.
OperationPointer enqueue(Stream* stream, std::string name, std::function<void()> run,
                         std::vector<OperationPointer> after = {});
void demand(const OperationPointer& operation, Lock& held);
void wait(const OperationPointer& operation);
void drain(Context* context);                 // waits for all streams of the context
OperationPointer lastOf(Stream* stream);

bool inHostFunction();  // on this thread: no call of the API is allowed there

}  // namespace streams
