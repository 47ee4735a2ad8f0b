#include "contexts.h"

#include "devices.h"

#include <cstdio>
#include <cstring>

#include "faults.h"
#include "history.h"
#include "memory.h"
#include "modules.h"
#include "settings.h"

namespace {

bool initialised;
thread_local std::vector<Context*> stack;

bool known(int device) { return device >= 0 && device < settings().gpus; }

CUresult usable(int device) {
  if (!initialised) return CUDA_ERROR_NOT_INITIALIZED;
  return known(device) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

bool isContext(Context* context) {
  for (int i = 0; i < settings().gpus; i++) {
    if (contexts::of(i) == context) return true;
  }
  return false;
}

void destroy(Context* context) {
  streams::drain(context);
  modules::unloadAll(context);
  for (Stream* each : std::set<Stream*>(context->streams)) streams::close(each);
  memory::releaseAll(context->device);
  context->sticky = CUDA_SUCCESS;
}

}  // namespace

Context* contexts::of(int device) {
  static auto* all = new Context[memory::PINNED];
  all[device].device = device;
  return &all[device];
}

CUresult contexts::enter(Context** context) {
  if (!initialised) return CUDA_ERROR_NOT_INITIALIZED;
  if (streams::inHostFunction()) return CUDA_ERROR_NOT_PERMITTED;
  *context = stack.empty() ? nullptr : stack.back();
  if (*context == nullptr) return CUDA_ERROR_INVALID_CONTEXT;
  if ((*context)->references == 0) return CUDA_ERROR_CONTEXT_IS_DESTROYED;
  return (*context)->sticky;
}

CUresult contexts::enter(CUstream handle, Context** context, Stream** stream) {
  CUresult code = enter(context);
  if (code != CUDA_SUCCESS) return code;
  *stream = streams::resolve(handle, *context);
  return *stream && (*stream)->context == *context ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

extern "C" {

CUresult cuInit(unsigned flags) {
  if (flags != 0) return CUDA_ERROR_INVALID_VALUE;
  if (devices::visible().empty()) return CUDA_ERROR_NO_DEVICE;
  static bool once = [] {
    memory::initialise();
    history::initialise();
    faults::install();
    return true;
  }();
  initialised = once;
  return CUDA_SUCCESS;
}

CUresult cuDriverGetVersion(int* version) {
  *version = settings().driver;
  return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device) {
  CUresult code = usable(device);
  if (code != CUDA_SUCCESS) return code;
  *context = contexts::of(device);
  static std::mutex creating;
  std::lock_guard<std::mutex> one(creating);
  if (!(*context)->legacy) (*context)->legacy.reset(streams::create(*context, 0, 0, true));
  streams::Lock held(streams::mutex());
  (*context)->references++;
  return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
  CUresult code = usable(device);
  if (code != CUDA_SUCCESS) return code;
  Context* context = contexts::of(device);
  {
    streams::Lock held(streams::mutex());
    if (context->references == 0) return CUDA_ERROR_INVALID_CONTEXT;
    if (context->references > 1) {
      context->references--;
      return CUDA_SUCCESS;
    }
  }
  destroy(context);
  streams::Lock held(streams::mutex());
  context->references = 0;
  return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxReset_v2(CUdevice device) {
  CUresult code = usable(device);
  if (code == CUDA_SUCCESS) destroy(contexts::of(device));
  return code;
}

CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned* flags, int* active) {
  CUresult code = usable(device);
  if (code != CUDA_SUCCESS) return code;
  *flags = 0;
  *active = contexts::of(device)->references > 0;
  return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxSetFlags_v2(CUdevice device, unsigned) { return usable(device); }

CUresult cuCtxSetCurrent(CUcontext context) {
  if (!initialised) return CUDA_ERROR_NOT_INITIALIZED;
  if (context != nullptr && !isContext(context)) return CUDA_ERROR_INVALID_CONTEXT;
  if (!stack.empty()) stack.pop_back();
  if (context != nullptr) stack.push_back(context);
  return CUDA_SUCCESS;
}

CUresult cuCtxGetCurrent(CUcontext* context) {
  if (!initialised) return CUDA_ERROR_NOT_INITIALIZED;
  *context = stack.empty() ? nullptr : stack.back();
  return CUDA_SUCCESS;
}

CUresult cuCtxPushCurrent_v2(CUcontext context) {
  if (!initialised) return CUDA_ERROR_NOT_INITIALIZED;
  if (!isContext(context)) return CUDA_ERROR_INVALID_CONTEXT;
  stack.push_back(context);
  return CUDA_SUCCESS;
}

CUresult cuCtxPopCurrent_v2(CUcontext* context) {
  if (stack.empty()) return CUDA_ERROR_INVALID_CONTEXT;
  if (context != nullptr) *context = stack.back();
  stack.pop_back();
  return CUDA_SUCCESS;
}

CUresult cuCtxGetDevice(CUdevice* device) {
  Context* context;
  CUresult code = contexts::enter(&context);
  if (code == CUDA_SUCCESS) *device = context->device;
  return code;
}

CUresult cuCtxGetStreamPriorityRange(int* least, int* greatest) {
  Context* context;
  CUresult code = contexts::enter(&context);
  if (code != CUDA_SUCCESS) return code;
  if (least) *least = 0;
  if (greatest) *greatest = -5;
  return CUDA_SUCCESS;
}

CUresult cuCtxSynchronize() {
  Context* context;
  CUresult code = contexts::enter(&context);
  if (code != CUDA_SUCCESS) return code;
  streams::drain(context);
  if (!memory::intact(context->device) && context->sticky == CUDA_SUCCESS) context->sticky = CUDA_ERROR_ILLEGAL_ADDRESS;
  return context->sticky;
}

}  // extern "C"
