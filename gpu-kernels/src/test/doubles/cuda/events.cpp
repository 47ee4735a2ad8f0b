// Events: a mark is an operation without work in the stream that records it.
#include <set>

#include "contexts.h"
#include "history.h"

struct Event {
  Context* context;
  unsigned flags;
  OperationPointer mark;
};

namespace {

std::set<Event*>& live() {  // guarded by the streams' lock
  static auto* all = new std::set<Event*>;
  return *all;
}

CUresult enter(CUevent event, Context** context) {
  CUresult code = contexts::enter(context);
  if (code != CUDA_SUCCESS) return code;
  streams::Lock held(streams::mutex());
  return live().count(event) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

OperationPointer markOf(CUevent event) {
  streams::Lock held(streams::mutex());
  return event->mark;
}

}  // namespace

extern "C" {

CUresult cuEventCreate(CUevent* event, unsigned flags) {
  Context* context;
  CUresult code = contexts::enter(&context);
  if (code != CUDA_SUCCESS) return code;
  if (event == nullptr || flags > 7) return CUDA_ERROR_INVALID_VALUE;
  *event = new Event{context, flags, nullptr};
  streams::Lock held(streams::mutex());
  live().insert(*event);
  return CUDA_SUCCESS;
}

CUresult cuEventDestroy_v2(CUevent event) {
  Context* context;
  CUresult code = enter(event, &context);
  if (code != CUDA_SUCCESS) return code;
  streams::Lock held(streams::mutex());
  live().erase(event);
  delete event;
  return CUDA_SUCCESS;
}

CUresult cuEventRecord(CUevent event, CUstream handle) {
  Context* context;
  CUresult code = enter(event, &context);
  if (code != CUDA_SUCCESS) return code;
  Stream* stream;
  code = contexts::enter(handle, &context, &stream);
  if (code != CUDA_SUCCESS) return code;
  if (event->context != context) return CUDA_ERROR_INVALID_HANDLE;
  OperationPointer mark = streams::enqueue(stream, "event", nullptr);
  streams::Lock held(streams::mutex());
  event->mark = mark;
  return CUDA_SUCCESS;
}

CUresult cuEventRecordWithFlags(CUevent event, CUstream handle, unsigned) { return cuEventRecord(event, handle); }

CUresult cuStreamWaitEvent(CUstream handle, CUevent event, unsigned) {
  Context* context;
  CUresult code = enter(event, &context);
  if (code != CUDA_SUCCESS) return code;
  Stream* stream;
  code = contexts::enter(handle, &context, &stream);
  if (code != CUDA_SUCCESS) return code;
  OperationPointer mark = markOf(event);
  if (mark) streams::enqueue(stream, "wait for an event", nullptr, {mark});
  return CUDA_SUCCESS;
}

CUresult cuEventSynchronize(CUevent event) {
  Context* context;
  CUresult code = enter(event, &context);
  if (code != CUDA_SUCCESS) return code;
  Context* owner = event->context;
  streams::wait(markOf(event));
  return owner->sticky;
}

CUresult cuEventQuery(CUevent event) {
  Context* context;
  CUresult code = enter(event, &context);
  if (code != CUDA_SUCCESS) return code;
  streams::Lock held(streams::mutex());
  if (event->mark && !event->mark->done) {
    streams::demand(event->mark, held);
    return CUDA_ERROR_NOT_READY;
  }
  if (event->mark) history::observe(*event->mark);
  return event->context->sticky;
}

CUresult cuEventElapsedTime(float* milliseconds, CUevent start, CUevent end) {
  Context* context;
  CUresult code = enter(start, &context);
  if (code == CUDA_SUCCESS) code = enter(end, &context);
  if (code != CUDA_SUCCESS) return code;
  streams::Lock held(streams::mutex());
  if ((start->flags | end->flags) & CU_EVENT_DISABLE_TIMING) return CUDA_ERROR_INVALID_HANDLE;
  if (!start->mark || !end->mark) return CUDA_ERROR_INVALID_HANDLE;
  if (!start->mark->done || !end->mark->done) return CUDA_ERROR_NOT_READY;
  *milliseconds = std::chrono::duration<float, std::milli>(end->mark->finished - start->mark->finished).count();
  return CUDA_SUCCESS;
}

}  // extern "C"
