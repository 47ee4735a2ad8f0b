// How a kernel's shared variables and its parameters are found; only rewritten text uses this.
#pragma once

// The parameters lie in the host's memory; reading them is no access of the kernel.
#define PRETENDED_UNWATCHED __attribute__((no_sanitize("thread", "alignment"), noipa))

namespace pretended {

template <class T, int N>
char variableKey;

// The N-th __shared__ declaration of the source, in this block.
template <class T, int N>
__forceinline__ T& shared(const char* name) {
  return *static_cast<T*>(pretended_shared(&variableKey<T, N>, name, sizeof(T), alignof(T)));
}

template <class T>
__forceinline__ T* dynamicShared() {
  return static_cast<T*>(pretended_dynamic_shared(alignof(T)));
}

template <auto FUNCTION>
struct Described;

template <class... Parameters, void (*FUNCTION)(Parameters...)>
struct Described<FUNCTION> {
  static constexpr unsigned COUNT = sizeof...(Parameters);

  struct Layout {
    unsigned sizes[COUNT + 1] = {unsigned(sizeof(Parameters))...};
    unsigned offsets[COUNT + 1] = {};
    constexpr Layout() {
      constexpr unsigned alignments[COUNT + 1] = {unsigned(alignof(Parameters))...};
      unsigned end = 0;
      for (unsigned i = 0; i < COUNT; i++) {
        offsets[i] = (end + alignments[i] - 1) / alignments[i] * alignments[i];
        end = offsets[i] + sizes[i];
      }
    }
  };
  static constexpr Layout LAYOUT{};

  template <int... I>
  struct Indices {};

  template <int... I>
  PRETENDED_UNWATCHED static void callWith(void* const* arguments, Indices<I...>) {
    FUNCTION(*static_cast<Parameters*>(arguments[I])...);
  }

  PRETENDED_UNWATCHED static void call(void* const* arguments) { callWith(arguments, Indices<__integer_pack(int(COUNT))...>{}); }
};

template <auto FUNCTION>
constexpr Kernel describe(const char* name, unsigned launchBound) {
  using All = Described<FUNCTION>;
  return {name, All::COUNT, All::LAYOUT.sizes, All::LAYOUT.offsets, launchBound, All::call};
}

constexpr unsigned firstOf(unsigned bound, unsigned = 0, unsigned = 0) { return bound; }

}  // namespace pretended
