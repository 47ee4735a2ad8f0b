// C = alpha op(A) op(B) + beta C for each matrix of a batch; all are column-major.
#pragma once
#include "cublas.h"

struct Matrix {
  const void* elements;
  DataType type;
  int64_t leading;  // elements from one column to the next
  int64_t stride;   // elements from one matrix of the batch to the next
  bool transposed;
};

struct Scalar {
  float value;
  const float* device;  // read when the product runs, if not null

  float get() const { return device == nullptr ? value : *device; }
};

struct Product {
  int64_t m, n, k, batch;
  Matrix a, b, c;  // op(A) [m, k], op(B) [k, n], C [m, n]
  Scalar alpha, beta;
  bool tf32;  // operands are rounded to 10 bits first, as tensor cores would

  void run() const;
};

size_t bytes(DataType type);
