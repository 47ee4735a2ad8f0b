// What g++ puts before every load and store of a kernel (-fsanitize=thread, whose library is not linked: these are ours),
// and where its other checks end (-fsanitize=bounds,alignment,...).
#include <cstdio>
#include <cstring>

#include "faults.h"
#include "history.h"
#include "lines.h"
#include "memory.h"
#include "runner.h"

using history::Access;

namespace {

[[noreturn]] void refuse(CUresult code, const void* caller, Access access, unsigned size, const std::string& what) {
  faults::stop(code, block::where() + lines::before(caller) + (access == Access::READ ? ": reads " : ": writes ") +
                         std::to_string(size) + " bytes, " + what);
}

bool usable(uintptr_t address, unsigned size, int device) {
  if (memory::shadow[(address - memory::base) / 16] == (16 | device << 5) && address % 16 + size <= 16) return true;
  for (uintptr_t at = address; at < address + size;) {
    unsigned cell = memory::shadow[(at - memory::base) / 16], offset = unsigned(at % 16);
    int owner = int(cell >> 5);
    if ((owner != device && owner != memory::PINNED) || offset >= (cell & 31)) return false;
    at += 16 - offset;
    if (at < address + size && (cell & 31) < 16) return false;
    if (at >= address + size && (address + size - 1) % 16 >= (cell & 31)) return false;
  }
  return true;
}

void watch(uintptr_t address, unsigned size, Access access, const void* caller) {
  Runner* runner = Runner::existing();
  if (runner == nullptr || !runner->running()) return;  // a constructor of the module
  if (memory::reserved(address)) {
    int device = runner->launch->device;
    if (!usable(address, size, device)) {
      memory::Range range = memory::find(address);
      std::string foreign = range.owner >= 0 && range.owner != device && range.owner != memory::PINNED
                                ? ", from GPU " + std::to_string(device)
                                : "";
      refuse(CUDA_ERROR_ILLEGAL_ADDRESS, caller, access, size, memory::describe(address) + foreign);
    }
    if (!history::touch(address, size, access)) {
      refuse(CUDA_ERROR_LAUNCH_FAILED, caller, access, size,
             memory::describe(address) + ", which " + history::conflict());
    }
  } else if (runner->shared.contains(address)) {
    if (access == Access::ATOMIC) return;
    std::string why = runner->shared.touch(address, size, access == Access::WRITE, runner->thread, caller);
    if (!why.empty()) refuse(CUDA_ERROR_LAUNCH_FAILED, caller, access, size, why);
  } else if (!runner->fibers.onStack(address) && !lines::inKernel(address)) {
    refuse(CUDA_ERROR_ILLEGAL_ADDRESS, caller, access, size, "which is memory of the host that is not pinned");
  }
}

struct SourceLocation {
  const char* file;
  unsigned line, column;
};

[[noreturn]] void undefined(const SourceLocation& at, const std::string& what) {
  faults::stop(CUDA_ERROR_LAUNCH_FAILED,
               block::where() + ", " + Runner::nameOf({at.file, int(at.line)}) + ": " + what);
}

}  // namespace

#define HERE __builtin_return_address(0)
#define ADDRESS reinterpret_cast<uintptr_t>(address)

extern "C" {

void __tsan_init() {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}

#define ACCESS(SIZE)                                                                          \
  void __tsan_read##SIZE(void* address) { watch(ADDRESS, SIZE, Access::READ, HERE); }         \
  void __tsan_write##SIZE(void* address) { watch(ADDRESS, SIZE, Access::WRITE, HERE); }       \
  void __tsan_unaligned_read##SIZE(void* address) { watch(ADDRESS, SIZE, Access::READ, HERE); } \
  void __tsan_unaligned_write##SIZE(void* address) { watch(ADDRESS, SIZE, Access::WRITE, HERE); }
ACCESS(1)
ACCESS(2)
ACCESS(4)
ACCESS(8)
ACCESS(16)

void __tsan_read_range(void* address, unsigned long size) { watch(ADDRESS, unsigned(size), Access::READ, HERE); }
void __tsan_write_range(void* address, unsigned long size) { watch(ADDRESS, unsigned(size), Access::WRITE, HERE); }

void __tsan_atomic_thread_fence(int) {}

void pretended_fence() { history::fence(); }

void pretended_touch_atomically(void* address, unsigned size, const void* caller) {
  if (ADDRESS % size != 0) refuse(CUDA_ERROR_MISALIGNED_ADDRESS, caller, Access::WRITE, size, "misaligned");
  watch(ADDRESS, size, Access::ATOMIC, caller);
}

// For libraries whose work is no kernel but a host function: what it reads and writes.
void pretended_touch(const void* address, unsigned long bytes, int writes) {
  history::touchAll(address, bytes, writes ? Access::WRITE : Access::READ);
}

struct OutOfBounds {
  SourceLocation at;
};

void __ubsan_handle_out_of_bounds_abort(OutOfBounds* data, unsigned long index) {
  undefined(data->at, "index " + std::to_string(long(index)) + " is outside of its array");
}

struct TypeMismatch {
  SourceLocation at;
  void* type;
  unsigned char logAlignment;
};

void __ubsan_handle_type_mismatch_v1_abort(TypeMismatch* data, unsigned long pointer) {
  unsigned long alignment = 1ul << data->logAlignment;
  faults::stop(CUDA_ERROR_MISALIGNED_ADDRESS,
               block::where() + ", " + Runner::nameOf({data->at.file, int(data->at.line)}) + ": an address is " +
                   std::to_string(pointer % alignment) + " bytes off a multiple of " + std::to_string(alignment));
}

void __ubsan_handle_divrem_overflow_abort(OutOfBounds* data, unsigned long, unsigned long) {
  undefined(data->at, "divides an integer by zero");
}

void __ubsan_handle_shift_out_of_bounds_abort(OutOfBounds* data, unsigned long, unsigned long by) {
  undefined(data->at, "shifts by " + std::to_string(long(by)) + " bits");
}

}  // extern "C"
