#include "streams.h"

#include <pthread.h>

#include <thread>

#include "contexts.h"
#include "faults.h"
#include "history.h"
#include "settings.h"

namespace {

thread_local bool hostFunction;

bool blocking(const Stream* stream) { return !(stream->flags & CU_STREAM_NON_BLOCKING); }

void await(const OperationPointer& operation, streams::Lock& held) {
  operation->doneSignal.wait(held, [&] { return operation->done; });
}

void work(Stream* stream) {
  faults::prepareThread();
  streams::Lock held(streams::mutex());
  auto delay = std::chrono::milliseconds(settings().delay);
  while (true) {
    stream->signal.wait(held, [&] { return stream->closed || !stream->queue.empty(); });
    if (stream->queue.empty()) break;
    OperationPointer next = stream->queue.front();
    stream->signal.wait_until(held, next->enqueued + delay,
                              [&] { return stream->closed || stream->demanded >= next->number; });
    for (const OperationPointer& before : next->after) {
      streams::demand(before, held);
      await(before, held);
    }
    if (next->run && stream->context->sticky == CUDA_SUCCESS) {
      held.unlock();
      faults::guard(stream->context, next->name, [&] {
        history::begin(next);
        next->run();
      });
      held.lock();
    }
    next->run = nullptr;
    next->after.clear();
    next->finished = Clock::now();
    next->done = true;
    stream->queue.pop_front();
    next->doneSignal.notify_all();
  }
  held.unlock();
  delete stream;
}

void append(Stream* stream, const OperationPointer& operation) {
  operation->stream = stream;
  operation->number = ++stream->enqueued;
  operation->enqueued = Clock::now();
  operation->streamNumber = stream->number;
  history::enqueue(*operation, stream->last.get());
  stream->queue.push_back(operation);
  stream->last = operation;
  if (!stream->started) {
    stream->started = true;
    std::thread(work, stream).detach();
  }
  stream->signal.notify_all();
}

void add(std::vector<OperationPointer>& after, const OperationPointer& operation) {
  if (operation) after.push_back(operation);
}

}  // namespace

std::mutex& streams::mutex() {
  static auto* one = new std::mutex;
  return *one;
}

Stream* streams::resolve(CUstream handle, Context* context) {
  if (handle == nullptr || reinterpret_cast<uintptr_t>(handle) == CU_STREAM_LEGACY) return context->legacy.get();
  Lock held(mutex());
  for (int i = 0; i < settings().gpus; i++) {
    if (contexts::of(i)->streams.count(handle)) return handle;
  }
  return nullptr;
}

Stream* streams::create(Context* context, unsigned flags, int priority, bool legacy) {
  static uint64_t streams;
  auto* stream = new Stream();
  stream->context = context;
  stream->flags = flags;
  stream->priority = priority;
  Lock held(mutex());
  stream->number = ++streams;
  if (!legacy) context->streams.insert(stream);
  return stream;
}

void streams::close(Stream* stream) {
  Lock held(mutex());
  stream->context->streams.erase(stream);
  history::retire(*stream);
  stream->closed = true;  // what is queued still runs
  stream->signal.notify_all();
  if (!stream->started) {
    held.unlock();
    delete stream;
  }
}

OperationPointer streams::enqueue(Stream* stream, std::string name, std::function<void()> run,
                                  std::vector<OperationPointer> after) {
  auto operation = std::make_shared<Operation>();
  operation->name = std::move(name);
  operation->run = std::move(run);
  operation->after = std::move(after);
  Lock held(mutex());
  Context* context = stream->context;
  if (stream == context->legacy.get()) {
    for (Stream* each : context->streams) {
      if (blocking(each)) add(operation->after, each->last);
    }
  } else if (blocking(stream)) {
    add(operation->after, context->legacy->last);
  }
  append(stream, operation);
  return operation;
}

void streams::demand(const OperationPointer& operation, Lock&) {
  if (operation->done || operation->stream->demanded >= operation->number) return;
  operation->stream->demanded = operation->number;
  operation->stream->signal.notify_all();
}

void streams::wait(const OperationPointer& operation) {
  if (!operation) return;
  Lock held(mutex());
  demand(operation, held);
  await(operation, held);
  history::observe(*operation);
}

void streams::drain(Context* context) {
  std::vector<OperationPointer> all;
  {
    Lock held(mutex());
    if (context->legacy) add(all, context->legacy->last);
    for (Stream* each : context->streams) add(all, each->last);
    for (const OperationPointer& each : all) demand(each, held);
  }
  for (const OperationPointer& each : all) wait(each);
}

OperationPointer streams::lastOf(Stream* stream) {
  Lock held(mutex());
  return stream->last;
}

bool streams::inHostFunction() { return hostFunction; }

extern "C" {

CUresult cuStreamCreateWithPriority(CUstream* stream, unsigned flags, int priority) {
  Context* context;
  CUresult code = contexts::enter(&context);
  if (code != CUDA_SUCCESS) return code;
  if (flags > CU_STREAM_NON_BLOCKING || stream == nullptr) return CUDA_ERROR_INVALID_VALUE;
  *stream = streams::create(context, flags, priority < -5 ? -5 : priority > 0 ? 0 : priority);
  return CUDA_SUCCESS;
}

CUresult cuStreamCreate(CUstream* stream, unsigned flags) { return cuStreamCreateWithPriority(stream, flags, 0); }

CUresult cuStreamDestroy_v2(CUstream handle) {
  Context* context;
  CUresult code = contexts::enter(&context);
  if (code == CUDA_ERROR_INVALID_CONTEXT || code == CUDA_ERROR_NOT_INITIALIZED) return code;
  Stream* stream = handle ? streams::resolve(handle, context) : nullptr;
  if (stream == nullptr || stream == context->legacy.get()) return CUDA_ERROR_INVALID_HANDLE;
  streams::close(stream);
  return code;
}

// Waiting for a stream and asking after one need a current context, but not the stream's own.
static CUresult enterAny(CUstream handle, Context** context, Stream** stream) {
  CUresult code = contexts::enter(context);
  if (code != CUDA_SUCCESS) return code;
  *stream = streams::resolve(handle, *context);
  return *stream ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUresult cuStreamSynchronize(CUstream handle) {
  Context* context;
  Stream* stream;
  CUresult code = enterAny(handle, &context, &stream);
  if (code != CUDA_SUCCESS) return code;
  Context* owner = stream->context;
  streams::wait(streams::lastOf(stream));
  return owner->sticky;
}

CUresult cuStreamQuery(CUstream handle) {
  Context* context;
  Stream* stream;
  CUresult code = enterAny(handle, &context, &stream);
  if (code != CUDA_SUCCESS) return code;
  streams::Lock held(streams::mutex());
  if (stream->last && !stream->last->done) {
    streams::demand(stream->last, held);
    return CUDA_ERROR_NOT_READY;
  }
  if (stream->last) history::observe(*stream->last);
  return stream->context->sticky;
}

CUresult cuStreamGetCtx(CUstream handle, CUcontext* context) {
  Context* current;
  Stream* stream;
  CUresult code = enterAny(handle, &current, &stream);
  if (code == CUDA_SUCCESS) *context = stream->context;
  return code;
}

CUresult cuStreamGetFlags(CUstream handle, unsigned* flags) {
  Context* context;
  Stream* stream;
  CUresult code = enterAny(handle, &context, &stream);
  if (code == CUDA_SUCCESS) *flags = stream->flags;
  return code;
}

CUresult cuStreamGetPriority(CUstream handle, int* priority) {
  Context* context;
  Stream* stream;
  CUresult code = enterAny(handle, &context, &stream);
  if (code == CUDA_SUCCESS) *priority = stream->priority;
  return code;
}

CUresult cuLaunchHostFunc(CUstream handle, CUhostFn function, void* data) {
  Context* context;
  Stream* stream;
  CUresult code = contexts::enter(handle, &context, &stream);
  if (code != CUDA_SUCCESS) return code;
  if (function == nullptr) return CUDA_ERROR_INVALID_VALUE;
  streams::enqueue(stream, "host function", [function, data] {
    hostFunction = true;
    function(data);
    hostFunction = false;
  });
  return CUDA_SUCCESS;
}

}  // extern "C"
