#include "modules.h"

#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <mutex>
#include <set>

#include "contexts.h"
#include "devices.h"
#include "errors.h"
#include "settings.h"

namespace {

std::mutex lock;

constexpr int COMPILER = 12060;  // the version of NVRTC's double

std::set<Module*>& live() {
  static auto* all = new std::set<Module*>;
  return *all;
}

std::set<Function*>& functions() {
  static auto* all = new std::set<Function*>;
  return *all;
}

std::string decode(const char* text) {  // base64
  std::string bytes;
  unsigned bits = 0;
  int held = 0;
  for (; *text; text++) {
    int value = *text >= 'A' && *text <= 'Z'   ? *text - 'A'
                : *text >= 'a' && *text <= 'z' ? *text - 'a' + 26
                : *text >= '0' && *text <= '9' ? *text - '0' + 52
                : *text == '+'                 ? 62
                : *text == '/'                 ? 63
                                               : -1;
    if (value < 0) continue;
    bits = bits << 6 | unsigned(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes += char(bits >> held & 0xFF);
    }
  }
  return bytes;
}

CUresult open(Context* context, const std::string& object, CUmodule* module) {
  int file = memfd_create("pretended-kernels", MFD_CLOEXEC);
  if (file < 0 || write(file, object.data(), object.size()) != ssize_t(object.size())) return CUDA_ERROR_OUT_OF_MEMORY;
  std::string path = "/proc/self/fd/" + std::to_string(file);
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    report(CUDA_ERROR_INVALID_IMAGE, std::string("cannot load a module: ") + dlerror());
    close(file);
    return CUDA_ERROR_INVALID_IMAGE;
  }
  *module = new Module{context, file, handle, {}};
  std::lock_guard<std::mutex> held(lock);
  live().insert(*module);
  return CUDA_SUCCESS;
}

// Machine code runs on GPUs of its major version, from its minor version on.
CUresult openMachineCode(Context* context, int target, const std::string& object, CUmodule* module) {
  int capability = settings().capability;
  if (settings().driver / 1000 < COMPILER / 1000 || target / 10 != capability / 10 || target > capability) {
    return report(CUDA_ERROR_NO_BINARY_FOR_GPU, "machine code for sm_" + std::to_string(target) + " on a GPU sm_" +
                                                    std::to_string(capability) + " with a driver for CUDA " +
                                                    std::to_string(settings().driver));
  }
  return open(context, object, module);
}

void unload(Module* module) {
  for (auto& each : module->functions) functions().erase(each.second.get());
  live().erase(module);
  dlclose(module->object);
  close(module->file);
  delete module;
}

CUresult enter(CUfunction function) {
  Context* context;
  CUresult code = contexts::enter(&context);
  if (code != CUDA_SUCCESS) return code;
  return modules::isLive(function) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

}  // namespace

void modules::unloadAll(Context* context) {
  std::lock_guard<std::mutex> held(lock);
  for (Module* each : std::set<Module*>(live())) {
    if (each->context == context) unload(each);
  }
}

bool modules::isLive(Function* function) {
  std::lock_guard<std::mutex> held(lock);
  return functions().count(function) > 0;
}

extern "C" {

CUresult cuModuleLoadData(CUmodule* module, const void* image) {
  Context* context;
  CUresult code = contexts::enter(&context);
  if (code != CUDA_SUCCESS) return code;
  if (module == nullptr || image == nullptr) return CUDA_ERROR_INVALID_VALUE;
  auto* text = static_cast<const char*>(image);
  int target;
  size_t bytes;
  if (std::sscanf(text, "pretended cubin of sm_%d\n%zu\n", &target, &bytes) == 2) {
    return openMachineCode(context, target, std::string(std::strchr(std::strchr(text, '\n') + 1, '\n') + 1, bytes), module);
  }
  if (std::sscanf(text, "// pretended PTX\n.target sm_%d\n", &target) != 1) {
    return report(CUDA_ERROR_INVALID_PTX, "this is no text of the pretended NVRTC");
  }
  if (settings().driver < COMPILER) {
    return report(CUDA_ERROR_UNSUPPORTED_PTX_VERSION, "PTX of a newer compiler than this driver");
  }
  if (target > settings().capability) {
    return report(CUDA_ERROR_INVALID_PTX, "PTX for sm_" + std::to_string(target) + " on a GPU of compute capability sm_" +
                                              std::to_string(settings().capability));
  }
  return open(context, decode(std::strchr(std::strchr(text, '\n') + 1, '\n') + 1), module);
}

CUresult cuModuleLoadDataEx(CUmodule* module, const void* image, unsigned, int*, void**) {
  return cuModuleLoadData(module, image);
}

CUresult cuModuleUnload(CUmodule module) {
  Context* context;
  CUresult code = contexts::enter(&context);
  if (code != CUDA_SUCCESS) return code;
  streams::drain(context);
  std::lock_guard<std::mutex> held(lock);
  if (!live().count(module)) return CUDA_ERROR_INVALID_HANDLE;
  unload(module);
  return CUDA_SUCCESS;
}

CUresult cuModuleGetFunction(CUfunction* function, CUmodule module, const char* name) {
  Context* context;
  CUresult code = contexts::enter(&context);
  if (code != CUDA_SUCCESS) return code;
  std::lock_guard<std::mutex> held(lock);
  if (!live().count(module)) return CUDA_ERROR_INVALID_HANDLE;
  std::unique_ptr<Function>& slot = module->functions[name];
  if (!slot) {
    void* symbol = dlsym(module->object, ("pretended_kernel_" + std::string(name)).c_str());
    if (symbol == nullptr) {
      module->functions.erase(name);
      return CUDA_ERROR_NOT_FOUND;
    }
    slot.reset(new Function{module, static_cast<const pretended::Kernel*>(symbol), devices::SHARED_PER_BLOCK});
    functions().insert(slot.get());
  }
  *function = slot.get();
  return CUDA_SUCCESS;
}

CUresult cuFuncGetAttribute(int* value, int attribute, CUfunction function) {
  CUresult code = enter(function);
  if (code != CUDA_SUCCESS) return code;
  switch (attribute) {
    case 0: *value = function->kernel->launchBound ? int(function->kernel->launchBound) : 1024; break;
    case 4: *value = 32; break;  // registers: a guess, there are none
    case 5:
    case 6: *value = settings().capability; break;
    case 8: *value = function->dynamicShared; break;
    default: return CUDA_ERROR_NOT_SUPPORTED;
  }
  return CUDA_SUCCESS;
}

CUresult cuFuncSetAttribute(CUfunction function, int attribute, int value) {
  CUresult code = enter(function);
  if (code != CUDA_SUCCESS) return code;
  if (attribute == 9) return CUDA_SUCCESS;  // a hint
  if (attribute != 8 || value < 0 || value > devices::sharedOptIn()) return CUDA_ERROR_INVALID_VALUE;
  function->dynamicShared = value;
  return CUDA_SUCCESS;
}

}  // extern "C"
