// Where an operation of a stream goes wrong: a fault of the processor or a rule that a kernel broke.
#pragma once
#include <functional>
#include <string>
#include "api.h"

namespace faults {

void install();        // the handler of SIGSEGV, SIGBUS and SIGFPE, in front of the one that is there (a JVM's)
void prepareThread();  // a worker: its own stack for that handler
// Runs one operation; what goes wrong in it becomes the context's sticky error and is reported.
void guard(Context* context, const std::string& operation, const std::function<void()>& run);
// Leaves the operation that this worker runs, from whatever stack.
[[noreturn]] void stop(CUresult code, const std::string& what);
bool guarded();

}  // namespace faults
