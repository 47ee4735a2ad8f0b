#include "require.h"

Result missing(const char* function, const char* what) {
  return fail(INVALID_ARGUMENT, std::string(function) + " : " + what + " argument is NULL");
}

Result require(const char* function, Communicator* handle, CommunicatorRef& communicator) {
  if (handle == nullptr) {
    return missing(function, "comm");
  }
  communicator = Communicator::find(handle);
  if (communicator == nullptr) {
    return fail(INVALID_ARGUMENT, std::string(function) + " : the communicator was never made, or is destroyed");
  }
  return SUCCESS;
}

Result requireReady(const char* function, Communicator* handle, CommunicatorRef& communicator) {
  Result result = require(function, handle, communicator);
  if (result != SUCCESS) {
    return result;
  }
  Result state = communicator->state.load();
  if (state == IN_PROGRESS || communicator->polls.load() > 0) {
    return fail(INVALID_ARGUMENT, std::string(function) +
                                      " : Attempt to use communicator before the previous operation returned "
                                      "ncclSuccess");
  }
  return state;
}
