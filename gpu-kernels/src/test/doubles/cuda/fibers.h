// Stacks that a worker switches between: one for each GPU thread that has begun and not ended.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

struct Fiber {
  void* stackPointer;
  char* stack;  // its lowest byte
};

class Fibers {
 public:
  static constexpr size_t STACK = 64 << 10;

  // Every fiber begins with this, which must not return.
  explicit Fibers(void (*entry)()) : entry(entry) {}
  ~Fibers();

  Fiber* take();
  void giveBack(Fiber* fiber) { idle.push_back(fiber); }
  void enter(Fiber* fiber);  // from the worker's own stack; returns at the next leave
  void leave(Fiber* fiber);  // back to the worker's own stack
  Fiber* running() const { return inside; }
  void reset();              // all are idle and begin anew, whatever they were doing
  bool onStack(uintptr_t address) const { return address - low < high - low; }

 private:
  void begin(Fiber* fiber);

  void (*entry)();
  void* home = nullptr;
  Fiber* inside = nullptr;
  uintptr_t low = 0, high = 0;  // around all stacks
  std::vector<std::unique_ptr<Fiber>> all;
  std::vector<Fiber*> idle;
};
