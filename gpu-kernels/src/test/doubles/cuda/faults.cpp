#include "faults.h"

#include <csetjmp>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <pthread.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "block.h"
#include "contexts.h"
#include "errors.h"
#include "lines.h"
#include "memory.h"

namespace faults {
namespace {

struct Guard {
  sigjmp_buf back;
  CUresult code;
  std::string what;
  int signal;
  uintptr_t address, instruction;
};

thread_local Guard* active;
struct sigaction before[NSIG];

void handle(int signal, siginfo_t* info, void* machine) {
  if (active != nullptr) {
    auto& registers = static_cast<ucontext_t*>(machine)->uc_mcontext.gregs;
    active->signal = signal;
    active->address = reinterpret_cast<uintptr_t>(info->si_addr);
    active->instruction = uintptr_t(registers[REG_RIP]);
    sigset_t these;
    sigemptyset(&these);
    sigaddset(&these, signal);
    pthread_sigmask(SIG_UNBLOCK, &these, nullptr);
    siglongjmp(active->back, 1);
  }
  const struct sigaction& old = before[signal];
  if (old.sa_flags & SA_SIGINFO) {
    old.sa_sigaction(signal, info, machine);
  } else if (old.sa_handler == SIG_DFL || old.sa_handler == SIG_IGN) {
    sigaction(signal, &old, nullptr);  // it happens again, now as it would have without us
  } else {
    old.sa_handler(signal);
  }
}

std::string describe(const Guard& fault) {
  if (fault.signal == 0) return fault.what;
  if (fault.signal == SIGFPE) return block::where() + lines::at(fault.instruction) + ": divides an integer by zero";
  char address[32];
  std::snprintf(address, sizeof address, "%#zx", size_t(fault.address));
  return block::where() + lines::at(fault.instruction) + ": touches " + address + ", " + memory::describe(fault.address);
}

}  // namespace

void install() {
  for (int signal : {SIGSEGV, SIGBUS, SIGFPE}) {
    sigaction(signal, nullptr, &before[signal]);
    struct sigaction ours = before[signal];
    ours.sa_sigaction = handle;
    ours.sa_flags |= SA_SIGINFO | SA_ONSTACK;
    sigaction(signal, &ours, nullptr);
  }
}

void prepareThread() {
  constexpr size_t SIZE = 64 << 10;
  thread_local struct Stack {
    void* memory = mmap(nullptr, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ~Stack() {
      stack_t none{};
      none.ss_flags = SS_DISABLE;
      sigaltstack(&none, nullptr);
      munmap(memory, SIZE);
    }
  } own;
  stack_t stack{};
  stack.ss_sp = own.memory;
  stack.ss_size = SIZE;
  sigaltstack(&stack, nullptr);
  // Signals of the process are for its own threads; faults of this one come regardless.
  sigset_t all;
  sigfillset(&all);
  for (int signal : {SIGSEGV, SIGBUS, SIGFPE}) sigdelset(&all, signal);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

void guard(Context* context, const std::string& operation, const std::function<void()>& run) {
  Guard mine{};
  if (sigsetjmp(mine.back, 0) == 0) {
    active = &mine;
    run();
    active = nullptr;
    return;
  }
  active = nullptr;
  std::string what = "GPU " + std::to_string(context->device) + ", " + operation + describe(mine);
  block::abandon();
  CUresult code = mine.signal == 0 ? mine.code : mine.signal == SIGFPE ? CUDA_ERROR_LAUNCH_FAILED : CUDA_ERROR_ILLEGAL_ADDRESS;
  report(code, what);
  streams::Lock held(streams::mutex());
  context->sticky = code;
}

void stop(CUresult code, const std::string& what) {
  if (active == nullptr) std::abort();
  active->code = code;
  active->what = what;
  siglongjmp(active->back, 1);
}

bool guarded() { return active != nullptr; }

}  // namespace faults
