// Groups of calls of one thread.
#pragma once
#include <functional>

#include "work.h"

Result groupStart();
Result groupEnd();

// What a call returns; an error inside a group is also that of the group.
Result returned(Result result);

// Launches an operation, now or with the thread's group.
Result submit(const CommunicatorRef& communicator, const Operation& operation);

// Runs what meets peers on the host: now, with the thread's group, or in a thread of its own if the communicator does not block.
Result meetPeers(const CommunicatorRef& communicator, std::function<Result()> work);
