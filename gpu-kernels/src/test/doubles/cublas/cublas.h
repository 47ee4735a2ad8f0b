// The part of cuBLAS 12's API that its double has, with the values of cublas_api.h and library_types.h.
#pragma once
#include <cstddef>
#include <cstdint>

#include "../driver_api.h"

enum Status : int {
  SUCCESS = 0,
  NOT_INITIALIZED = 1,
  ALLOC_FAILED = 3,
  INVALID_VALUE = 7,
  EXECUTION_FAILED = 13,
  INTERNAL_ERROR = 14,
  NOT_SUPPORTED = 15,
};

enum Operation : int { N = 0, T = 1, C = 2 };
enum DataType : int { R_32F = 0, R_16F = 2, R_16BF = 14 };
enum PointerMode : int { HOST = 0, DEVICE = 1 };
enum MathMode : int { DEFAULT_MATH = 0, PEDANTIC_MATH = 2, TF32_MATH = 3, NO_REDUCED_PRECISION = 16 };
enum ComputeType : int { COMPUTE_32F = 68, COMPUTE_32F_PEDANTIC = 69, COMPUTE_32F_FAST_TF32 = 77 };

// What a program holds as cublasHandle_t.
struct Handle {
  uint32_t magic;
  DriverContext context;  // current when it was made: it works in no other
  Stream stream;
  int pointerMode;
  int mathMode;
  int atomicsMode;
  void* workspace;
  size_t workspaceBytes;
};

// Says on the error output which call was refused and why, as cuBLAS's log would; returns the status.
Status refuse(const char* call, Status status, const char* format, ...) __attribute__((format(printf, 3, 4)));

// SUCCESS if the handle is one, and its context current.
Status check(const char* call, const Handle* handle);
