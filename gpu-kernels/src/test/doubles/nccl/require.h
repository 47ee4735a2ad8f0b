// Checks that several functions share.
#pragma once
#include "communicator.h"

Result missing(const char* function, const char* what);

// The communicator behind a handle, or why there is none.
Result require(const char* function, Communicator* handle, CommunicatorRef& communicator);

// The same for a communicator that may be used now.
Result requireReady(const char* function, Communicator* handle, CommunicatorRef& communicator);
