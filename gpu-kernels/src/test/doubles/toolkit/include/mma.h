// nvcuda::wmma for half and bfloat16 with float (or half) sums, in the shapes 16x16x16, 32x8x16 and 8x32x16.
//
// The whole warp must arrive at every operation. Which lane holds which element is, as the real header says, nobody's
// business: here it is a mixture that no kernel can rely on. As on the GPU, a lane holds every element of an operand
// twice and of an accumulator once. bfloat16 is there from compute capability 8.0 on.
#pragma once
#include <cuda_bf16.h>
#include <cuda_fp16.h>

namespace nvcuda::wmma {

struct row_major {};
struct col_major {};
struct matrix_a {};
struct matrix_b {};
struct accumulator {};
enum layout_t { mem_row_major, mem_col_major };

namespace pretended_details {

template <class T>
constexpr bool OPERAND = false;
template <>
constexpr bool OPERAND<__half> = true;
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
template <>
constexpr bool OPERAND<__nv_bfloat16> = true;
#endif
template <class T>
constexpr bool SUM = false;
template <>
constexpr bool SUM<float> = true;
template <>
constexpr bool SUM<__half> = true;

constexpr bool shaped(int m, int n, int k) {
  return k == 16 && ((m == 16 && n == 16) || (m == 32 && n == 8) || (m == 8 && n == 32));
}

template <class Use>
struct Extent;
template <>
struct Extent<matrix_a> {
  static constexpr int rows(int m, int, int) { return m; }
  static constexpr int columns(int, int, int k) { return k; }
};
template <>
struct Extent<matrix_b> {
  static constexpr int rows(int, int, int k) { return k; }
  static constexpr int columns(int, int n, int) { return n; }
};
template <>
struct Extent<accumulator> {
  static constexpr int rows(int m, int, int) { return m; }
  static constexpr int columns(int, int n, int) { return n; }
};

// The element that a lane holds in a slot: every slot spreads 32 elements over the lanes, each in its own mixture.
constexpr int element(int lane, int slot) { return slot * 32 + ((lane * 5 + slot * 7) & 31); }

inline int laneOfThread() {
  return int((threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z)) % 32);
}

// Waits for the warp, and refuses what the GPU does not define.
inline void arrive(const void* pointer, unsigned stride, int multiple, pretended::Place place) {
  auto address = reinterpret_cast<unsigned long long>(pointer);
  if (pretended_exchange(pretended::Exchange::BALLOT, 0xFFFFFFFFu, 1, 0, 32, place) != 0xFFFFFFFFu) {
    pretended_refuse("a matrix operation without the whole warp", place);
  }
  if (pretended_exchange(pretended::Exchange::INDEX, 0xFFFFFFFFu, address, 0, 32, place) != address) {
    pretended_refuse("lanes of one warp give a matrix operation different addresses", place);
  }
  if (address % 32 != 0) pretended_refuse("the address of a matrix is not a multiple of 32 bytes", place);
  if (stride % unsigned(multiple) != 0) pretended_refuse("the stride of a matrix is not a multiple of 16 bytes", place);
}

}  // namespace pretended_details

template <class Use, int m, int n, int k, class T, class Layout = void>
class fragment {
  using Extent = pretended_details::Extent<Use>;

 public:
  static constexpr int rows = Extent::rows(m, n, k), columns = Extent::columns(m, n, k);
  static constexpr int held = rows * columns / 32;  // different elements of a lane
  static constexpr int num_elements = __is_same(Use, accumulator) ? held : 2 * held;
  static_assert(pretended_details::shaped(m, n, k), "no such shape");
  static_assert(__is_same(Use, accumulator) ? pretended_details::SUM<T> : pretended_details::OPERAND<T>, "no such type on this architecture");
  using element_type = T;
  using storage_element_type = T;
  T x[num_elements];
};

template <class Use, int m, int n, int k, class T, class Layout>
inline void fill_fragment(fragment<Use, m, n, k, T, Layout>& target, const T& value) {
  for (T& each : target.x) each = value;
}

namespace pretended_details {

template <class Fragment, class T>
inline void load(Fragment& target, const T* source, unsigned stride, bool byRows, pretended::Place place) {
  arrive(source, stride, 16 / int(sizeof(T)), place);
  for (int slot = 0; slot < Fragment::held; slot++) {
    int e = element(laneOfThread(), slot), row = e / Fragment::columns, column = e % Fragment::columns;
    T value = source[byRows ? size_t(row) * stride + column : size_t(column) * stride + row];
    target.x[slot] = value;
    if (Fragment::num_elements > Fragment::held) target.x[slot + Fragment::held] = value;
  }
}

}  // namespace pretended_details

template <class Use, int m, int n, int k, class T, class Layout>
inline void load_matrix_sync(fragment<Use, m, n, k, T, Layout>& target, const T* source, unsigned stride,
                             pretended::Place place = {__builtin_FILE(), __builtin_LINE()}) {
  static_assert(!__is_same(Use, accumulator), "an accumulator needs its layout");
  pretended_details::load(target, source, stride, __is_same(Layout, row_major), place);
}

template <int m, int n, int k, class T>
inline void load_matrix_sync(fragment<accumulator, m, n, k, T>& target, const T* source, unsigned stride,
                             layout_t layout, pretended::Place place = {__builtin_FILE(), __builtin_LINE()}) {
  pretended_details::load(target, source, stride, layout == mem_row_major, place);
}

template <int m, int n, int k, class T>
inline void store_matrix_sync(T* target, const fragment<accumulator, m, n, k, T>& source, unsigned stride,
                              layout_t layout, pretended::Place place = {__builtin_FILE(), __builtin_LINE()}) {
  using namespace pretended_details;
  arrive(target, stride, 16 / int(sizeof(T)), place);
  for (int slot = 0; slot < source.num_elements; slot++) {
    int e = element(laneOfThread(), slot), row = e / n, column = e % n;
    target[layout == mem_row_major ? size_t(row) * stride + column : size_t(column) * stride + row] = source.x[slot];
  }
}

namespace pretended_details {

template <class A, class B, class C, class D>
struct Product {
  D* d;
  const A* a;
  const B* b;
  const C* c;

  template <class Fragment>
  __attribute__((no_sanitize("thread"))) static void gather(float* matrix, int lane, const Fragment& fragment) {
    for (int slot = 0; slot < Fragment::held; slot++) matrix[element(lane, slot)] = float(fragment.x[slot]);
  }

  __attribute__((no_sanitize("thread"))) static void run(void* const* lanes) {
    constexpr int M = D::rows, N = D::columns, K = A::columns;
    float a[M * K], b[K * N], sum[M * N];
    for (int lane = 0; lane < 32; lane++) {
      auto& own = *static_cast<const Product*>(lanes[lane]);
      gather(a, lane, *own.a);
      gather(b, lane, *own.b);
      gather(sum, lane, *own.c);
    }
    for (int i = 0; i < M; i++) {
      for (int k = 0; k < K; k++) {
        for (int j = 0; j < N; j++) sum[i * N + j] += a[i * K + k] * b[k * N + j];
      }
    }
    for (int lane = 0; lane < 32; lane++) {
      D& target = *static_cast<const Product*>(lanes[lane])->d;
      for (int slot = 0; slot < D::held; slot++) target.x[slot] = typename D::element_type(sum[element(lane, slot)]);
    }
  }
};

}  // namespace pretended_details

// d = a b + c; products are exact, sums in float.
template <int m, int n, int k, class T, class LayoutA, class LayoutB, class C, class D>
inline void mma_sync(fragment<accumulator, m, n, k, D>& d, const fragment<matrix_a, m, n, k, T, LayoutA>& a,
                     const fragment<matrix_b, m, n, k, T, LayoutB>& b, const fragment<accumulator, m, n, k, C>& c,
                     pretended::Place place = {__builtin_FILE(), __builtin_LINE()}) {
  using All = pretended_details::Product<fragment<matrix_a, m, n, k, T, LayoutA>, fragment<matrix_b, m, n, k, T, LayoutB>,
                                         fragment<accumulator, m, n, k, C>, fragment<accumulator, m, n, k, D>>;
  All mine{&d, &a, &b, &c};
  pretended_warp_work(All::run, &mine, place);
}

}  // namespace nvcuda::wmma
