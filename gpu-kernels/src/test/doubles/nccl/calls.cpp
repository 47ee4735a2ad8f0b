// The functions of nccl.h that communicate.
#include "group.h"
#include "require.h"

namespace {

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

}  // namespace

extern "C" {

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
}
