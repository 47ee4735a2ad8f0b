// The arithmetic: sums in float32 over blocks of k, then over the blocks; the order is that of no real cuBLAS, but always the same.
#pragma GCC optimize("O3")  // eight times as fast: the sums become vectors

#include "product.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "../half.h"

namespace {

constexpr int ROWS = 32;    // of C that are summed at once
constexpr int COLUMNS = 4;  // of C that are summed at once
constexpr int64_t BLOCK = 256;

float toTf32(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  if ((bits & 0x7f800000) != 0x7f800000) {
    bits = (bits + 0xfff + (bits >> 13 & 1)) & ~0x1fffu;
  }
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

float load(const void* elements, DataType type, int64_t index) {
  switch (type) {
    case R_16F:
      return static_cast<const Half*>(elements)[index];
    case R_16BF:
      return static_cast<const BFloat*>(elements)[index];
    default:
      return static_cast<const float*>(elements)[index];
  }
}

void store(void* elements, DataType type, int64_t index, float value) {
  switch (type) {
    case R_16F:
      static_cast<Half*>(elements)[index] = Half::of(value);
      break;
    case R_16BF:
      static_cast<BFloat*>(elements)[index] = BFloat::of(value);
      break;
    default:
      static_cast<float*>(elements)[index] = value;
  }
}

// Element (row, column) of op(X) in matrix number `item` of the batch.
float at(const Matrix& x, int64_t item, int64_t row, int64_t column) {
  int64_t index = x.transposed ? column + row * x.leading : row + column * x.leading;
  return load(x.elements, x.type, item * x.stride + index);
}

// sums[j][i] += a[p][i] * b[j][p] over p.
__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"))) void
multiply(int64_t k, const float* a, const float* const b[COLUMNS], float sums[COLUMNS][ROWS]) {
  for (int64_t first = 0; first < k; first += BLOCK) {
    float block[COLUMNS][ROWS] = {};
    for (int64_t p = first; p < std::min(k, first + BLOCK); p++) {
      for (int j = 0; j < COLUMNS; j++) {
        for (int i = 0; i < ROWS; i++) {
          block[j][i] += a[p * ROWS + i] * b[j][p];
        }
      }
    }
    for (int j = 0; j < COLUMNS; j++) {
      for (int i = 0; i < ROWS; i++) {
        sums[j][i] += block[j][i];
      }
    }
  }
}

void one(const Product& product, int64_t item, float alpha, float beta) {
  const int64_t m = product.m, n = product.n;
  const int64_t k = alpha == 0 ? 0 : product.k;  // then A and B are not read
  auto rounded = [&](float x) { return product.tf32 ? toTf32(x) : x; };
  std::vector<float> b(n * k);  // [n, k]
  for (int64_t j = 0; j < n; j++) {
    for (int64_t p = 0; p < k; p++) {
      b[j * k + p] = rounded(at(product.b, item, p, j));
    }
  }
  std::vector<float> a(ROWS * k);  // [k, ROWS]
  void* c = const_cast<void*>(product.c.elements);
  for (int64_t top = 0; top < m; top += ROWS) {
    const int64_t rows = std::min<int64_t>(ROWS, m - top);
    for (int64_t p = 0; p < k; p++) {
      for (int64_t i = 0; i < rows; i++) {
        a[p * ROWS + i] = rounded(at(product.a, item, top + i, p));
      }
    }
    for (int64_t left = 0; left < n; left += COLUMNS) {
      const int64_t columns = std::min<int64_t>(COLUMNS, n - left);
      const float* parts[COLUMNS];
      for (int64_t j = 0; j < COLUMNS; j++) {
        parts[j] = b.data() + (left + std::min(j, columns - 1)) * k;
      }
      float sums[COLUMNS][ROWS] = {};
      multiply(k, a.data(), parts, sums);
      for (int64_t j = 0; j < columns; j++) {
        for (int64_t i = 0; i < rows; i++) {
          int64_t index = item * product.c.stride + top + i + (left + j) * product.c.leading;
          float before = beta == 0 ? 0 : beta * load(c, product.c.type, index);
          store(c, product.c.type, index, alpha * sums[j][i] + before);
        }
      }
    }
  }
}

}  // namespace

size_t bytes(DataType type) { return type == R_32F ? 4 : 2; }

void Product::run() const {
  for (int64_t item = 0; item < batch; item++) {
    one(*this, item, alpha.get(), beta.get());
  }
}
