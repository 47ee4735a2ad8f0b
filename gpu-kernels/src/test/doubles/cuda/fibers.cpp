#include "fibers.h"

#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>

// Saves what a call must keep, changes the stack, restores the same from there.
extern "C" void pretended_switch(void** save, void* load);
asm(R"(
.text
.globl pretended_switch
.hidden pretended_switch
.type pretended_switch, @function
pretended_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size pretended_switch, .-pretended_switch
)");

namespace {

constexpr size_t GUARD = 4096;
constexpr size_t MOST = 1024;  // threads of a block

}  // namespace

Fiber* Fibers::take() {
  if (low == 0) {
    void* at = mmap(nullptr, MOST * Fibers::STACK, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (at == MAP_FAILED) {
      std::perror("libcuda (pretended): stacks of GPU threads");
      std::_Exit(2);
    }
    low = reinterpret_cast<uintptr_t>(at);
    high = low + MOST * Fibers::STACK;
  }
  if (idle.empty()) {
    auto* stack = reinterpret_cast<char*>(low) + all.size() * STACK;
    mprotect(stack, GUARD, PROT_NONE);
    all.emplace_back(new Fiber{nullptr, stack});
    begin(all.back().get());
    return all.back().get();
  }
  Fiber* fiber = idle.back();
  idle.pop_back();
  return fiber;
}

void Fibers::begin(Fiber* fiber) {
  auto* top = reinterpret_cast<void**>(fiber->stack + STACK);
  *--top = nullptr;  // where entry would return to; keeps its stack aligned
  *--top = reinterpret_cast<void*>(entry);
  for (int i = 0; i < 6; i++) *--top = nullptr;
  fiber->stackPointer = top;
}

void Fibers::enter(Fiber* fiber) {
  inside = fiber;
  pretended_switch(&home, fiber->stackPointer);
}

void Fibers::leave(Fiber* fiber) { pretended_switch(&fiber->stackPointer, home); }

void Fibers::reset() {
  idle.clear();
  for (auto& each : all) {
    begin(each.get());
    idle.push_back(each.get());
  }
}

Fibers::~Fibers() {
  if (low != 0) munmap(reinterpret_cast<void*>(low), high - low);
}
