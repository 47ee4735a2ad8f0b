// The functions of nccl.h.
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <random>

#include "group.h"

namespace {

Result missing(const char* function, const char* what) {
  return fail(INVALID_ARGUMENT, std::string(function) + " : " + what + " argument is NULL");
}

// A communicator that may be used, or why not.
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

Result requireTypes(const char* function, const Call& call) {
  if (call.type < 0 || call.type >= TYPES) {
    return fail(INVALID_ARGUMENT, std::string(function) + " : invalid type " + std::to_string(call.type));
  }
  if (call.reduction < 0 || call.reduction >= REDUCTIONS) {
    return fail(INVALID_ARGUMENT, std::string(function) + " : invalid reduction operation");
  }
  return SUCCESS;
}

Result check(const char* function, Communicator* handle, const Call& call, const void* send, void* receive,
             CommunicatorRef& communicator) {
  Result result = requireReady(function, handle, communicator);
  if (result == SUCCESS) {
    result = requireTypes(function, call);
  }
  if (result != SUCCESS) {
    return result;
  }
  if (call.root < 0 || call.root >= communicator->ranks) {
    return fail(INVALID_ARGUMENT, std::string(function) + " : invalid root " + std::to_string(call.root) +
                                      " (root should be in the 0.." + std::to_string(communicator->ranks) + " range)");
  }
  bool isRoot = call.root == communicator->rank;
  bool sends = call.kind != Call::RECV && (call.kind != Call::BROADCAST || isRoot);
  bool receives = call.kind != Call::SEND && (call.kind != Call::REDUCE || isRoot);
  if (call.count > 0 && sends && send == nullptr) {
    return missing(function, "sendbuff");
  }
  if (call.count > 0 && receives && receive == nullptr) {
    return missing(function, "recvbuff");
  }
  for (const void* buffer : {send, const_cast<const void*>(receive)}) {
    if (reinterpret_cast<uintptr_t>(buffer) % width(call.type) != 0) {
      return fail(INVALID_ARGUMENT, std::string(function) + " : a buffer is not aligned to its elements");
    }
  }
  return SUCCESS;
}

Result enqueue(const char* function, Communicator* handle, const Call& call, const void* send, void* receive,
               Stream stream) {
  CommunicatorRef communicator;
  Result result = check(function, handle, call, send, receive, communicator);
  if (result != SUCCESS) {
    return returned(result);
  }
  return submit(communicator,
                Operation{call, static_cast<const char*>(send), static_cast<char*>(receive), stream, {}});
}

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

Result ncclAllReduce(const void* send, void* receive, size_t count, int type, int reduction, Communicator* handle,
                     Stream stream) {
  return enqueue("AllReduce", handle, Call{Call::ALL_REDUCE, type, reduction, 0, count}, send, receive, stream);
}

Result ncclReduce(const void* send, void* receive, size_t count, int type, int reduction, int root,
                  Communicator* handle, Stream stream) {
  return enqueue("Reduce", handle, Call{Call::REDUCE, type, reduction, root, count}, send, receive, stream);
}

Result ncclBroadcast(const void* send, void* receive, size_t count, int type, int root, Communicator* handle,
                     Stream stream) {
  return enqueue("Broadcast", handle, Call{Call::BROADCAST, type, 0, root, count}, send, receive, stream);
}

Result ncclBcast(void* buffer, size_t count, int type, int root, Communicator* handle, Stream stream) {
  return ncclBroadcast(buffer, buffer, count, type, root, handle, stream);
}

Result ncclAllGather(const void* send, void* receive, size_t count, int type, Communicator* handle, Stream stream) {
  return enqueue("AllGather", handle, Call{Call::ALL_GATHER, type, 0, 0, count}, send, receive, stream);
}

Result ncclReduceScatter(const void* send, void* receive, size_t count, int type, int reduction, Communicator* handle,
                         Stream stream) {
  return enqueue("ReduceScatter", handle, Call{Call::REDUCE_SCATTER, type, reduction, 0, count}, send, receive,
                 stream);
}

Result ncclSend(const void* buffer, size_t count, int type, int peer, Communicator* handle, Stream stream) {
  return enqueue("Send", handle, Call{Call::SEND, type, 0, peer, count}, buffer, nullptr, stream);
}

Result ncclRecv(void* buffer, size_t count, int type, int peer, Communicator* handle, Stream stream) {
  return enqueue("Recv", handle, Call{Call::RECV, type, 0, peer, count}, nullptr, buffer, stream);
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
