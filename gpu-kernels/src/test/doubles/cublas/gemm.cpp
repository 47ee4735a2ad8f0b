// The matrix products: what the real library refuses is refused, the rest runs on the handle's stream.
#include <algorithm>
#include <memory>

#include "product.h"

namespace {

// One call, as the program made it.
struct Call {
  const char* name;
  Handle* handle;
  int transa, transb;
  int m, n, k;
  const void* alpha;
  const void* a;
  int atype, lda;
  long long stridea;
  const void* b;
  int btype, ldb;
  long long strideb;
  const void* beta;
  void* c;
  int ctype, ldc;
  long long stridec;
  int batch;
  int compute;
};

bool isOperation(int operation) { return operation == N || operation == T || operation == C; }

Status checkLeading(const Call& call, const char* name, int leading, int rows) {
  if (leading < std::max(1, rows)) {
    return refuse(call.name, INVALID_VALUE, "%s is %d, must be at least %d", name, leading, std::max(1, rows));
  }
  return SUCCESS;
}

Status checkShape(const Call& call) {
  if (!isOperation(call.transa) || !isOperation(call.transb)) {
    return refuse(call.name, INVALID_VALUE, "transa is %d and transb %d, must be 0, 1 or 2", call.transa, call.transb);
  }
  if (call.m < 0 || call.n < 0 || call.k < 0 || call.batch < 0) {
    return refuse(call.name, INVALID_VALUE, "m, n, k and batchCount are %d, %d, %d and %d, none may be negative",
                  call.m, call.n, call.k, call.batch);
  }
  Status status = checkLeading(call, "lda", call.lda, call.transa == N ? call.m : call.k);
  if (status == SUCCESS) {
    status = checkLeading(call, "ldb", call.ldb, call.transb == N ? call.k : call.n);
  }
  return status == SUCCESS ? checkLeading(call, "ldc", call.ldc, call.m) : status;
}

// Table of cublasGemmEx: with compute type 32F, 16-bit operands of one type go with C of the same or of 32F.
Status checkTypes(const Call& call) {
  bool floats = call.atype == R_32F && call.btype == R_32F && call.ctype == R_32F;
  bool halves = (call.atype == R_16F || call.atype == R_16BF) && call.btype == call.atype &&
                (call.ctype == call.atype || call.ctype == R_32F);
  bool fast = call.compute == COMPUTE_32F_FAST_TF32 && floats;
  bool plain = (call.compute == COMPUTE_32F || call.compute == COMPUTE_32F_PEDANTIC) && (floats || halves);
  if (!fast && !plain) {
    return refuse(call.name, NOT_SUPPORTED, "A, B, C of types %d, %d, %d with compute type %d", call.atype, call.btype,
                  call.ctype, call.compute);
  }
  return SUCCESS;
}

Status checkPointer(const Call& call, const char* name, const void* pointer, size_t alignment) {
  if (pointer == nullptr) {
    return refuse(call.name, INVALID_VALUE, "%s is null", name);
  }
  if (reinterpret_cast<uintptr_t>(pointer) % alignment != 0) {
    return refuse(call.name, INVALID_VALUE, "%s is %p, must be aligned to %zu bytes", name, pointer, alignment);
  }
  return SUCCESS;
}

Status checkPointers(const Call& call) {
  const struct {
    const char* name;
    const void* pointer;
    size_t alignment;
    bool used;
  } pointers[] = {
      {"alpha", call.alpha, sizeof(float), true},
      {"beta", call.beta, sizeof(float), true},
      {"A", call.a, bytes(static_cast<DataType>(call.atype)), call.k > 0},
      {"B", call.b, bytes(static_cast<DataType>(call.btype)), call.k > 0},
      {"C", call.c, bytes(static_cast<DataType>(call.ctype)), true},
  };
  for (const auto& [name, pointer, alignment, used] : pointers) {
    Status status = used ? checkPointer(call, name, pointer, alignment) : SUCCESS;
    if (status != SUCCESS) {
      return status;
    }
  }
  return SUCCESS;
}

Scalar scalar(const Call& call, const void* pointer) {
  auto value = static_cast<const float*>(pointer);
  return call.handle->pointerMode == HOST ? Scalar{*value, nullptr} : Scalar{0, value};
}

void runAndFree(void* product) { std::unique_ptr<Product>(static_cast<Product*>(product))->run(); }

Status gemm(const Call& call) {
  Status status = check(call.name, call.handle);
  if (status == SUCCESS) {
    status = checkShape(call);
  }
  if (status == SUCCESS) {
    status = checkTypes(call);
  }
  if (status != SUCCESS || call.m == 0 || call.n == 0 || call.batch == 0) {
    return status;
  }
  status = checkPointers(call);
  if (status != SUCCESS) {
    return status;
  }
  bool floats = call.atype == R_32F;
  bool tf32 = floats && (call.compute == COMPUTE_32F_FAST_TF32 ||
                         (call.compute == COMPUTE_32F && (call.handle->mathMode & ~NO_REDUCED_PRECISION) == TF32_MATH));
  auto product = std::make_unique<Product>(
      Product{call.m, call.n, call.k, call.batch,
              Matrix{call.a, static_cast<DataType>(call.atype), call.lda, call.stridea, call.transa != N},
              Matrix{call.b, static_cast<DataType>(call.btype), call.ldb, call.strideb, call.transb != N},
              Matrix{call.c, static_cast<DataType>(call.ctype), call.ldc, call.stridec, false},
              scalar(call, call.alpha), scalar(call, call.beta), tf32});
  int result = cuLaunchHostFunc(call.handle->stream, runAndFree, product.get());
  if (result != 0) {
    return refuse(call.name, EXECUTION_FAILED, "the driver refuses work on the handle's stream with %d", result);
  }
  product.release();
  return SUCCESS;
}

}  // namespace

extern "C" {

Status cublasSgemm_v2(Handle* handle, int transa, int transb, int m, int n, int k, const float* alpha, const float* a,
                      int lda, const float* b, int ldb, const float* beta, float* c, int ldc) {
  return gemm({"cublasSgemm", handle, transa, transb, m,     n,    k, alpha, a,   R_32F, lda, 0,
               b,             R_32F,  ldb,    0,      beta,  c,    R_32F, ldc, 0, 1,   COMPUTE_32F});
}

Status cublasSgemmStridedBatched(Handle* handle, int transa, int transb, int m, int n, int k, const float* alpha,
                                 const float* a, int lda, long long stridea, const float* b, int ldb, long long strideb,
                                 const float* beta, float* c, int ldc, long long stridec, int batch) {
  return gemm({"cublasSgemmStridedBatched", handle, transa, transb, m, n, k, alpha, a, R_32F, lda, stridea, b, R_32F,
               ldb, strideb, beta, c, R_32F, ldc, stridec, batch, COMPUTE_32F});
}

Status cublasGemmEx(Handle* handle, int transa, int transb, int m, int n, int k, const void* alpha, const void* a,
                    int atype, int lda, const void* b, int btype, int ldb, const void* beta, void* c, int ctype,
                    int ldc, int compute, int) {
  return gemm({"cublasGemmEx", handle, transa, transb, m, n, k, alpha, a, atype, lda, 0, b, btype, ldb, 0, beta, c,
               ctype, ldc, 0, 1, compute});
}

Status cublasGemmStridedBatchedEx(Handle* handle, int transa, int transb, int m, int n, int k, const void* alpha,
                                  const void* a, int atype, int lda, long long stridea, const void* b, int btype,
                                  int ldb, long long strideb, const void* beta, void* c, int ctype, int ldc,
                                  long long stridec, int batch, int compute, int) {
  return gemm({"cublasGemmStridedBatchedEx", handle, transa, transb, m, n, k, alpha, a, atype, lda, stridea, b, btype,
               ldb, strideb, beta, c, ctype, ldc, stridec, batch, compute});
}
}
