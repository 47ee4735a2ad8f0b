// cuLaunchKernel: what it refuses, and the copy of the parameters.
#include <cstring>

#include "block.h"
#include "contexts.h"
#include "devices.h"
#include "errors.h"
#include "modules.h"

namespace {

// The parameters as they were when the kernel was launched.
struct Arguments {
  std::vector<char> bytes;
  std::vector<void*> pointers;

  explicit Arguments(const pretended::Kernel& kernel) {
    unsigned last = kernel.parameters;
    size_t size = last == 0 ? 0 : kernel.offsets[last - 1] + kernel.sizes[last - 1];
    bytes.resize(size + 16);
    auto begin = (reinterpret_cast<uintptr_t>(bytes.data()) + 15) / 16 * 16;
    for (unsigned i = 0; i < last; i++) pointers.push_back(reinterpret_cast<void*>(begin + kernel.offsets[i]));
  }
};

// From a packed buffer (extra: 1 = its address, 2 = its size, 0 ends).
CUresult unpack(const pretended::Kernel& kernel, void** extra, Arguments& arguments) {
  const char* buffer = nullptr;
  size_t size = 0;
  for (; *extra != nullptr; extra += 2) {
    auto key = reinterpret_cast<uintptr_t>(extra[0]);
    if (key == 1) buffer = static_cast<const char*>(extra[1]);
    else if (key == 2) size = *static_cast<const size_t*>(extra[1]);
    else return CUDA_ERROR_INVALID_VALUE;
  }
  for (unsigned i = 0; i < kernel.parameters; i++) {
    if (kernel.offsets[i] + kernel.sizes[i] > size) return CUDA_ERROR_INVALID_VALUE;
    std::memcpy(arguments.pointers[i], buffer + kernel.offsets[i], kernel.sizes[i]);
  }
  return CUDA_SUCCESS;
}

CUresult refuse(const pretended::Kernel& kernel, const std::string& why) {
  return report(CUDA_ERROR_INVALID_VALUE, std::string("launch of ") + kernel.name + " refused: " + why);
}

}  // namespace

extern "C" {

CUresult cuLaunchKernel(CUfunction function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
                        unsigned blockY, unsigned blockZ, unsigned sharedBytes, CUstream handle, void** parameters,
                        void** extra) {
  Context* context;
  Stream* stream;
  CUresult code = contexts::enter(handle, &context, &stream);
  if (code != CUDA_SUCCESS) return code;
  if (!modules::isLive(function) || function->module->context != context) return CUDA_ERROR_INVALID_HANDLE;
  const pretended::Kernel& kernel = *function->kernel;
  uint3 grid{gridX, gridY, gridZ}, block{blockX, blockY, blockZ};
  if (gridX == 0 || gridX > 2147483647u || gridY == 0 || gridY > 65535 || gridZ == 0 || gridZ > 65535) {
    return refuse(kernel, "a grid of " + std::to_string(gridX) + " x " + std::to_string(gridY) + " x " +
                              std::to_string(gridZ) + " blocks; legal are 1 to 2147483647 x 65535 x 65535");
  }
  size_t threads = size_t(blockX) * blockY * blockZ;
  if (threads == 0 || threads > 1024 || blockX > 1024 || blockY > 1024 || blockZ > 64) {
    return refuse(kernel, "blocks of " + std::to_string(blockX) + " x " + std::to_string(blockY) + " x " +
                              std::to_string(blockZ) + " threads; legal are 1 to 1024 in all, 64 along z");
  }
  if (kernel.launchBound != 0 && threads > kernel.launchBound) {
    return refuse(kernel, "blocks of " + std::to_string(threads) + " threads, but __launch_bounds__(" +
                              std::to_string(kernel.launchBound) + ")");
  }
  if (sharedBytes > unsigned(function->dynamicShared)) {
    return refuse(kernel, std::to_string(sharedBytes) + " bytes of dynamic shared memory; set are " +
                              std::to_string(function->dynamicShared));
  }
  auto arguments = std::make_shared<Arguments>(kernel);
  if (parameters != nullptr) {
    for (unsigned i = 0; i < kernel.parameters; i++) {
      if (parameters[i] == nullptr) return refuse(kernel, "parameter " + std::to_string(i) + " is missing");
      std::memcpy(arguments->pointers[i], parameters[i], kernel.sizes[i]);
    }
  } else if (kernel.parameters > 0) {
    code = extra == nullptr ? CUDA_ERROR_INVALID_VALUE : unpack(kernel, extra, *arguments);
    if (code != CUDA_SUCCESS) return refuse(kernel, "its parameters are missing or too short");
  }
  int device = context->device;
  streams::enqueue(stream, std::string("kernel ") + kernel.name, [=, &kernel] {
    block::run(Launch{&kernel, grid, block, sharedBytes, device, arguments->pointers.data()});
  });
  return CUDA_SUCCESS;
}

CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, CUfunction function, int threads, size_t shared) {
  Context* context;
  CUresult code = contexts::enter(&context);
  if (code != CUDA_SUCCESS) return code;
  if (!modules::isLive(function)) return CUDA_ERROR_INVALID_HANDLE;
  if (threads < 1 || threads > 1024) return CUDA_ERROR_INVALID_VALUE;
  size_t byThreads = 2048 / size_t(threads), byShared = shared == 0 ? 32 : 167936 / (shared + 1024);
  *blocks = int(std::min<size_t>({32, byThreads, byShared}));
  return CUDA_SUCCESS;
}

}  // extern "C"
