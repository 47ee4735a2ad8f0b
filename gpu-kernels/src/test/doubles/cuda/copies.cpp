// Allocation, copies and fills of the driver API.
#include <cstring>

#include "contexts.h"
#include "history.h"
#include "memory.h"
#include "streams.h"

namespace {

enum class Wait { YES, NO };

uintptr_t number(const void* pointer) { return reinterpret_cast<uintptr_t>(pointer); }

bool onDevice(CUdeviceptr address, size_t bytes) {
  return address == 0 ? bytes == 0 : memory::holds(address, bytes, false);
}

// Host memory is pinned, wholly inside one allocation, or pageable, outside of all reserved addresses.
bool onHost(const void* address, size_t bytes) {
  if (!memory::reserved(number(address))) return address != nullptr || bytes == 0;
  return memory::holds(number(address), bytes, true);
}

CUresult enqueue(CUstream handle, const char* name, Wait wait, std::function<void()> run) {
  Context* context;
  Stream* stream;
  CUresult code = contexts::enter(handle, &context, &stream);
  if (code != CUDA_SUCCESS) return code;
  OperationPointer operation = streams::enqueue(stream, name, std::move(run));
  if (wait == Wait::NO) return CUDA_SUCCESS;
  streams::wait(operation);
  return context->sticky;
}

CUresult copy(CUstream stream, const char* name, Wait wait, void* to, const void* from, size_t bytes) {
  return enqueue(stream, name, wait, [=] {
    history::touchAll(from, bytes, history::Access::READ);
    history::touchAll(to, bytes, history::Access::WRITE);
    std::memmove(to, from, bytes);
  });
}

// From pageable memory the driver has read the source when the call returns.
CUresult toDevice(CUstream stream, const char* name, Wait wait, CUdeviceptr to, const void* from, size_t bytes) {
  if (!onDevice(to, bytes) || !onHost(from, bytes)) return CUDA_ERROR_INVALID_VALUE;
  auto* target = reinterpret_cast<void*>(to);
  if (wait == Wait::YES || memory::reserved(number(from))) return copy(stream, name, wait, target, from, bytes);
  auto* begin = static_cast<const char*>(from);
  auto staged = std::make_shared<std::vector<char>>(begin, begin + bytes);
  return enqueue(stream, name, wait, [=] {
    history::touchAll(target, bytes, history::Access::WRITE);
    std::memcpy(target, staged->data(), bytes);
  });
}

// To pageable memory the driver waits for the copy.
CUresult toHost(CUstream stream, const char* name, Wait wait, void* to, CUdeviceptr from, size_t bytes) {
  if (!onDevice(from, bytes) || !onHost(to, bytes)) return CUDA_ERROR_INVALID_VALUE;
  if (!memory::reserved(number(to))) wait = Wait::YES;
  return copy(stream, name, wait, to, reinterpret_cast<const void*>(from), bytes);
}

CUresult onDevices(CUstream stream, const char* name, CUdeviceptr to, CUdeviceptr from, size_t bytes) {
  if (!onDevice(to, bytes) || !onDevice(from, bytes)) return CUDA_ERROR_INVALID_VALUE;
  return copy(stream, name, Wait::NO, reinterpret_cast<void*>(to), reinterpret_cast<const void*>(from), bytes);
}

template <class T>
CUresult fill(CUstream stream, CUdeviceptr to, T value, size_t count) {
  if (!onDevice(to, count * sizeof(T)) || to % sizeof(T) != 0) return CUDA_ERROR_INVALID_VALUE;
  return enqueue(stream, "memset", Wait::NO, [=] {
    auto* at = reinterpret_cast<T*>(to);
    history::touchAll(at, count * sizeof(T), history::Access::WRITE);
    for (size_t i = 0; i < count; i++) at[i] = value;
  });
}

CUresult pinned(void** pointer, size_t bytes) {
  Context* context;
  CUresult code = contexts::enter(&context);
  if (code != CUDA_SUCCESS) return code;
  if (pointer == nullptr || bytes == 0) return CUDA_ERROR_INVALID_VALUE;
  *pointer = memory::allocate(memory::PINNED, bytes);
  return *pointer ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

}  // namespace

extern "C" {

CUresult cuMemAlloc_v2(CUdeviceptr* pointer, size_t bytes) {
  Context* context;
  CUresult code = contexts::enter(&context);
  if (code != CUDA_SUCCESS) return code;
  if (pointer == nullptr || bytes == 0) return CUDA_ERROR_INVALID_VALUE;
  *pointer = number(memory::allocate(context->device, bytes));
  return *pointer ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

// As the real one, it waits for all work of the GPU.
CUresult cuMemFree_v2(CUdeviceptr pointer) {
  Context* context;
  CUresult code = contexts::enter(&context);
  if (code != CUDA_SUCCESS) return code;
  if (pointer == 0) return CUDA_SUCCESS;
  streams::drain(context);
  if (context->sticky != CUDA_SUCCESS) return context->sticky;
  return memory::release(context->device, pointer) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult cuMemAllocHost_v2(void** pointer, size_t bytes) { return pinned(pointer, bytes); }

CUresult cuMemHostAlloc(void** pointer, size_t bytes, unsigned) { return pinned(pointer, bytes); }

CUresult cuMemFreeHost(void* pointer) {
  Context* context;
  CUresult code = contexts::enter(&context);
  if (code != CUDA_SUCCESS) return code;
  streams::drain(context);
  return memory::release(memory::PINNED, number(pointer)) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult cuMemHostGetDevicePointer_v2(CUdeviceptr* device, void* host, unsigned) {
  if (!memory::holds(number(host), 1, true)) return CUDA_ERROR_INVALID_VALUE;
  *device = number(host);
  return CUDA_SUCCESS;
}

CUresult cuMemGetAddressRange_v2(CUdeviceptr* begin, size_t* bytes, CUdeviceptr pointer) {
  memory::Range range = memory::find(pointer);
  if (range.owner < 0) return CUDA_ERROR_NOT_FOUND;
  if (begin) *begin = range.begin;
  if (bytes) *bytes = range.end - range.begin;
  return CUDA_SUCCESS;
}

CUresult cuPointerGetAttribute(void* value, int attribute, CUdeviceptr pointer) {
  memory::Range range = memory::find(pointer);
  if (range.owner < 0) return CUDA_ERROR_INVALID_VALUE;
  switch (attribute) {
    case 2:  // memory type: 1 = host, 2 = device
      *static_cast<unsigned*>(value) = range.owner == memory::PINNED ? 1 : 2;
      return CUDA_SUCCESS;
    case 3:  // device pointer
    case 4:  // host pointer
      *static_cast<CUdeviceptr*>(value) = pointer;
      return CUDA_SUCCESS;
    case 9:  // device ordinal
      *static_cast<int*>(value) = range.owner == memory::PINNED ? 0 : range.owner;
      return CUDA_SUCCESS;
    default:
      return CUDA_ERROR_NOT_SUPPORTED;
  }
}

CUresult cuMemcpyHtoD_v2(CUdeviceptr to, const void* from, size_t bytes) {
  return toDevice(nullptr, "copy from the host", Wait::YES, to, from, bytes);
}

CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void* from, size_t bytes, CUstream stream) {
  return toDevice(stream, "copy from the host", Wait::NO, to, from, bytes);
}

CUresult cuMemcpyDtoH_v2(void* to, CUdeviceptr from, size_t bytes) {
  return toHost(nullptr, "copy to the host", Wait::YES, to, from, bytes);
}

CUresult cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, size_t bytes, CUstream stream) {
  return toHost(stream, "copy to the host", Wait::NO, to, from, bytes);
}

CUresult cuMemcpyDtoD_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
  return onDevices(nullptr, "copy", to, from, bytes);
}

CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
  return onDevices(stream, "copy", to, from, bytes);
}

CUresult cuMemsetD8_v2(CUdeviceptr to, unsigned char value, size_t count) { return fill(nullptr, to, value, count); }

CUresult cuMemsetD16_v2(CUdeviceptr to, unsigned short value, size_t count) { return fill(nullptr, to, value, count); }

CUresult cuMemsetD32_v2(CUdeviceptr to, unsigned value, size_t count) { return fill(nullptr, to, value, count); }

CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t count, CUstream stream) {
  return fill(stream, to, value, count);
}

CUresult cuMemsetD16Async(CUdeviceptr to, unsigned short value, size_t count, CUstream stream) {
  return fill(stream, to, value, count);
}

CUresult cuMemsetD32Async(CUdeviceptr to, unsigned value, size_t count, CUstream stream) {
  return fill(stream, to, value, count);
}

}  // extern "C"
