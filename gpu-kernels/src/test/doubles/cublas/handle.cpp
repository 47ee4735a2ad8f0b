// Handles and their settings.
#include <cstdarg>
#include <cstdio>
#include <new>

#include "cublas.h"

namespace {

constexpr uint32_t ALIVE = 0xcb1a5;
constexpr size_t WORKSPACE_ALIGNMENT = 256;
constexpr int VERSION = 120601;

}  // namespace

Status refuse(const char* call, Status status, const char* format, ...) {
  char reason[256];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(reason, sizeof reason, format, arguments);
  va_end(arguments);
  std::fprintf(stderr, "pretended cuBLAS: %s refused with %d: %s\n", call, status, reason);
  return status;
}

Status check(const char* call, const Handle* handle) {
  if (handle == nullptr || handle->magic != ALIVE) {
    return refuse(call, NOT_INITIALIZED, "the handle was not made by cublasCreate, or is destroyed");
  }
  DriverContext current = nullptr;
  cuCtxGetCurrent(&current);
  if (current != handle->context) {
    return refuse(call, EXECUTION_FAILED, "the current context %p is not that of the handle, %p",
                  static_cast<void*>(current), static_cast<void*>(handle->context));
  }
  return SUCCESS;
}

extern "C" {

Status cublasCreate_v2(Handle** handle) {
  if (handle == nullptr) {
    return refuse("cublasCreate", INVALID_VALUE, "handle is null");
  }
  DriverContext context = nullptr;
  if (cuCtxGetCurrent(&context) != 0 || context == nullptr) {
    return refuse("cublasCreate", NOT_INITIALIZED, "no context is current");
  }
  *handle = new (std::nothrow) Handle{ALIVE, context, nullptr, HOST, DEFAULT_MATH, 0, nullptr, 0};
  return *handle == nullptr ? ALLOC_FAILED : SUCCESS;
}

// Its memory is kept, so that a later use is found.
Status cublasDestroy_v2(Handle* handle) {
  Status status = check("cublasDestroy", handle);
  if (status == SUCCESS) {
    handle->magic = 0;
  }
  return status;
}

Status cublasGetVersion_v2(Handle*, int* version) {
  if (version == nullptr) {
    return refuse("cublasGetVersion", INVALID_VALUE, "version is null");
  }
  *version = VERSION;
  return SUCCESS;
}

// As documented, a new stream also takes the workspace back.
Status cublasSetStream_v2(Handle* handle, Stream stream) {
  Status status = check("cublasSetStream", handle);
  if (status == SUCCESS) {
    handle->stream = stream;
    handle->workspace = nullptr;
    handle->workspaceBytes = 0;
  }
  return status;
}

Status cublasGetStream_v2(Handle* handle, Stream* stream) {
  Status status = check("cublasGetStream", handle);
  if (status == SUCCESS) {
    *stream = handle->stream;
  }
  return status;
}

Status cublasSetWorkspace_v2(Handle* handle, void* workspace, size_t bytes) {
  Status status = check("cublasSetWorkspace", handle);
  if (status != SUCCESS) {
    return status;
  }
  if (reinterpret_cast<uintptr_t>(workspace) % WORKSPACE_ALIGNMENT != 0) {
    return refuse("cublasSetWorkspace", INVALID_VALUE, "workspace %p must be aligned to %zu bytes", workspace,
                  WORKSPACE_ALIGNMENT);
  }
  handle->workspace = workspace;
  handle->workspaceBytes = bytes;
  return SUCCESS;
}

Status cublasSetMathMode(Handle* handle, int mode) {
  Status status = check("cublasSetMathMode", handle);
  if (status != SUCCESS) {
    return status;
  }
  int base = mode & ~NO_REDUCED_PRECISION;
  if (base != DEFAULT_MATH && base != 1 && base != PEDANTIC_MATH && base != TF32_MATH) {
    return refuse("cublasSetMathMode", INVALID_VALUE, "mode is %d", mode);
  }
  handle->mathMode = mode;
  return SUCCESS;
}

Status cublasGetMathMode(Handle* handle, int* mode) {
  Status status = check("cublasGetMathMode", handle);
  if (status == SUCCESS) {
    *mode = handle->mathMode;
  }
  return status;
}

Status cublasSetPointerMode_v2(Handle* handle, int mode) {
  Status status = check("cublasSetPointerMode", handle);
  if (status != SUCCESS) {
    return status;
  }
  if (mode != HOST && mode != DEVICE) {
    return refuse("cublasSetPointerMode", INVALID_VALUE, "mode is %d", mode);
  }
  handle->pointerMode = mode;
  return SUCCESS;
}

Status cublasGetPointerMode_v2(Handle* handle, int* mode) {
  Status status = check("cublasGetPointerMode", handle);
  if (status == SUCCESS) {
    *mode = handle->pointerMode;
  }
  return status;
}

Status cublasSetAtomicsMode(Handle* handle, int mode) {
  Status status = check("cublasSetAtomicsMode", handle);
  if (status == SUCCESS) {
    handle->atomicsMode = mode;
  }
  return status;
}

Status cublasGetAtomicsMode(Handle* handle, int* mode) {
  Status status = check("cublasGetAtomicsMode", handle);
  if (status == SUCCESS) {
    *mode = handle->atomicsMode;
  }
  return status;
}

const char* cublasGetStatusName(Status status) {
  switch (status) {
    case SUCCESS:
      return "CUBLAS_STATUS_SUCCESS";
    case NOT_INITIALIZED:
      return "CUBLAS_STATUS_NOT_INITIALIZED";
    case ALLOC_FAILED:
      return "CUBLAS_STATUS_ALLOC_FAILED";
    case INVALID_VALUE:
      return "CUBLAS_STATUS_INVALID_VALUE";
    case EXECUTION_FAILED:
      return "CUBLAS_STATUS_EXECUTION_FAILED";
    case INTERNAL_ERROR:
      return "CUBLAS_STATUS_INTERNAL_ERROR";
    case NOT_SUPPORTED:
      return "CUBLAS_STATUS_NOT_SUPPORTED";
  }
  return "unknown cuBLAS status";
}

const char* cublasGetStatusString(Status status) { return cublasGetStatusName(status); }
}
