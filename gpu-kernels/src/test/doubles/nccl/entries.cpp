// The functions of nccl.h that make communicators, divide, ask and end them.
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <random>

#include "group.h"
#include "require.h"

namespace {

Result readConfig(const char* function, const Config* config, bool& blocking) {
  if (config == nullptr) {
    return SUCCESS;
  }
  if (config->magic != CONFIG_MAGIC || config->size < sizeof(Config)) {
    return fail(INVALID_ARGUMENT, std::string(function) + " : ncclConfig_t argument not initialized");
  }
  if (config->blocking == 0 || config->blocking == 1) {
    blocking = config->blocking == 1;
  }
  return SUCCESS;
}

Result init(const char* function, Communicator** made, int ranks, const UniqueId& id, int rank, const Config* config) {
  bool blocking = true;
  Result result = readConfig(function, config, blocking);
  if (result != SUCCESS) {
    return result;
  }
  if (made == nullptr) {
    return missing(function, "comm");
  }
  if (ranks < 1 || ranks > MOST_RANKS || rank < 0 || rank >= ranks) {
    return fail(INVALID_ARGUMENT, std::string(function) + " : Invalid rank requested : " + std::to_string(rank) + "/" +
                                      std::to_string(ranks));
  }
  int device = 0;
  DeviceUuid gpu;
  if (cuCtxGetDevice(&device) != 0 || cuDeviceGetUuid(&gpu, device) != 0) {
    return fail(CUDA_ERROR, std::string(function) + " : no device is current");
  }
  char name[64];
  uint64_t words[2];
  std::memcpy(words, id.internal, sizeof words);
  std::snprintf(name, sizeof name, "/sparktron-nccl-%016lx%016lx", words[0], words[1]);
  CommunicatorRef communicator = Communicator::add(name, ranks, rank, blocking, device, gpu);
  *made = communicator.get();
  return meetPeers(communicator, [communicator] { return communicator->open(); });
}

void leave(const CommunicatorRef& communicator) {
  if (communicator->table != nullptr) {
    communicator->seat().state = Seat::LEFT;
  }
  Communicator::remove(communicator.get());
}

}  // namespace

extern "C" {

Result ncclGetVersion(int* result) {
  if (result == nullptr) {
    return missing("ncclGetVersion", "version");
  }
  *result = version();
  return SUCCESS;
}

Result ncclGetUniqueId(UniqueId* id) {
  if (id == nullptr) {
    return missing("ncclGetUniqueId", "out");
  }
  static std::atomic<uint32_t> made{0};
  std::random_device random;
  std::memset(id, 0, sizeof *id);
  uint32_t words[4] = {random(), random(), static_cast<uint32_t>(getpid()), ++made};
  std::memcpy(id->internal, words, sizeof words);
  return SUCCESS;
}

Result ncclCommInitRank(Communicator** made, int ranks, UniqueId id, int rank) {
  return init("ncclCommInitRank", made, ranks, id, rank, nullptr);
}

Result ncclCommInitRankConfig(Communicator** made, int ranks, UniqueId id, int rank, const Config* config) {
  return init("ncclCommInitRankConfig", made, ranks, id, rank, config);
}

Result ncclCommInitAll(Communicator** made, int ranks, const int* devices) {
  UniqueId id;
  ncclGetUniqueId(&id);
  DriverContext before = nullptr;
  cuCtxGetCurrent(&before);
  groupStart();
  Result result = SUCCESS;
  for (int rank = 0; rank < ranks && result == SUCCESS; rank++) {
    int device = devices == nullptr ? rank : devices[rank];
    DriverContext context = nullptr;
    if (cuDevicePrimaryCtxRetain(&context, device) != 0 || cuCtxSetCurrent(context) != 0) {
      result = fail(CUDA_ERROR, "ncclCommInitAll : no device " + std::to_string(device));
    } else {
      result = init("ncclCommInitAll", &made[rank], ranks, id, rank, nullptr);
    }
  }
  cuCtxSetCurrent(before);
  Result ended = groupEnd();
  return result == SUCCESS ? ended : result;
}

Result ncclCommSplit(Communicator* parent, int color, int key, Communicator** made, const Config* config) {
  CommunicatorRef communicator;
  Result result = requireReady("ncclCommSplit", parent, communicator);
  if (result != SUCCESS) {
    return result;
  }
  bool blocking = communicator->blocking;
  result = readConfig("ncclCommSplit", config, blocking);
  if (result != SUCCESS) {
    return result;
  }
  if (made == nullptr || color < NO_COLOR) {
    return fail(INVALID_ARGUMENT, "ncclCommSplit : newcomm is NULL or color " + std::to_string(color) + " negative");
  }
  CommunicatorRef child;
  *made = nullptr;
  if (color != NO_COLOR) {
    child = Communicator::add("", 0, 0, blocking, communicator->device, communicator->gpu);
    *made = child.get();
  }
  return meetPeers(child == nullptr ? communicator : child, [communicator, color, key, child] {
    Result split = communicator->split(color, key, child);
    return split == SUCCESS || child == nullptr ? split : child->failed(split, lastError());
  });
}

Result ncclCommFinalize(Communicator* handle) {
  CommunicatorRef communicator;
  Result result = requireReady("ncclCommFinalize", handle, communicator);
  if (result == SUCCESS) {
    communicator->awaitIdle();
  }
  return result;
}

Result ncclCommDestroy(Communicator* handle) {
  if (handle == nullptr) {
    return SUCCESS;
  }
  CommunicatorRef communicator;
  Result result = require("ncclCommDestroy", handle, communicator);
  if (result == SUCCESS) {
    communicator->awaitIdle();
    leave(communicator);
  }
  return result;
}

Result ncclCommAbort(Communicator* handle) {
  if (handle == nullptr) {
    return SUCCESS;
  }
  CommunicatorRef communicator;
  Result result = require("ncclCommAbort", handle, communicator);
  if (result == SUCCESS) {
    communicator->abort();
    leave(communicator);
  }
  return result;
}

const char* ncclGetErrorString(Result result) {
  switch (result) {
    case SUCCESS:
      return "no error";
    case CUDA_ERROR:
      return "unhandled cuda error (run with NCCL_DEBUG=INFO for details)";
    case SYSTEM_ERROR:
      return "unhandled system error (run with NCCL_DEBUG=INFO for details)";
    case INTERNAL_ERROR:
      return "internal error - please report this issue to the NCCL developers";
    case INVALID_ARGUMENT:
      return "invalid argument (run with NCCL_DEBUG=WARN for details)";
    case INVALID_USAGE:
      return "invalid usage (run with NCCL_DEBUG=WARN for details)";
    case REMOTE_ERROR:
      return "remote process exited or there was a network error";
    case IN_PROGRESS:
      return "NCCL operation in progress";
  }
  return "unknown result code";
}

const char* ncclGetLastError(Communicator*) { return lastError(); }

Result ncclCommGetAsyncError(Communicator* handle, Result* error) {
  CommunicatorRef communicator;
  Result result = require("ncclGetAsyncError", handle, communicator);
  if (result == SUCCESS) {
    *error = communicator->asyncError();
  }
  return result;
}

Result ncclCommCount(Communicator* handle, int* count) {
  CommunicatorRef communicator;
  Result result = requireReady("ncclCommCount", handle, communicator);
  if (result == SUCCESS) {
    *count = communicator->ranks;
  }
  return result;
}

Result ncclCommCuDevice(Communicator* handle, int* device) {
  CommunicatorRef communicator;
  Result result = requireReady("ncclCommCuDevice", handle, communicator);
  if (result == SUCCESS) {
    *device = communicator->device;
  }
  return result;
}

Result ncclCommUserRank(Communicator* handle, int* rank) {
  CommunicatorRef communicator;
  Result result = requireReady("ncclCommUserRank", handle, communicator);
  if (result == SUCCESS) {
    *rank = communicator->rank;
  }
  return result;
}

Result ncclGroupStart() { return groupStart(); }

Result ncclGroupEnd() { return groupEnd(); }

Result ncclMemAlloc(void** pointer, size_t bytes) {
  int result = cuMemAlloc_v2(reinterpret_cast<unsigned long long*>(pointer), bytes);
  return result == 0 ? SUCCESS : fail(CUDA_ERROR, "ncclMemAlloc : the driver says " + std::to_string(result));
}

Result ncclMemFree(void* pointer) {
  int result = cuMemFree_v2(reinterpret_cast<unsigned long long>(pointer));
  return result == 0 ? SUCCESS : fail(CUDA_ERROR, "ncclMemFree : the driver says " + std::to_string(result));
}

// Registration has no effect that can be seen here.
Result ncclCommRegister(Communicator* handle, void* buffer, size_t, void** registration) {
  CommunicatorRef communicator;
  Result result = requireReady("ncclCommRegister", handle, communicator);
  if (result == SUCCESS) {
    *registration = buffer;
  }
  return result;
}

Result ncclCommDeregister(Communicator* handle, void*) {
  CommunicatorRef communicator;
  return requireReady("ncclCommDeregister", handle, communicator);
}

Result ncclRedOpCreatePreMulSum(int*, void*, int, int, Communicator*) {
  return fail(INTERNAL_ERROR, "ncclRedOpCreatePreMulSum : this double has no such reductions");
}

Result ncclRedOpDestroy(int, Communicator*) {
  return fail(INVALID_ARGUMENT, "ncclRedOpDestroy : this double has no such reductions");
}
}
