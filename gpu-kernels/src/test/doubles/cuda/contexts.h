// Devices and their primary contexts.
#pragma once
#include <memory>
#include <set>
#include <vector>
#include "api.h"
#include "streams.h"

struct Context {
  int device = 0;
  int references = 0;
  CUresult sticky = CUDA_SUCCESS;  // of a kernel that went wrong: every later call returns it
  std::unique_ptr<Stream> legacy;
  std::set<Stream*> streams;  // others than the legacy one
};

namespace contexts {

// Begins a call that needs a current context: sets it and returns its sticky error, or says that there is none.
CUresult enter(Context** context);
// The same for a stream, null being the legacy one, which must belong to the current context.
CUresult enter(CUstream handle, Context** context, Stream** stream);
Context* of(int device);

}  // namespace contexts
