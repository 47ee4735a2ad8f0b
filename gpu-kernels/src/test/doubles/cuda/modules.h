// Modules: shared objects that NVRTC's double has compiled, wrapped as text.
#pragma once
#include <map>
#include <memory>
#include <string>
#include "abi.h"
#include "api.h"

struct Function {
  Module* module;
  const pretended::Kernel* kernel;
  int dynamicShared;  // bytes that a launch may ask for
};

struct Module {
  Context* context;
  int file;      // descriptor of the shared object, open for as long as it is loaded
  void* object;
  std::map<std::string, std::unique_ptr<Function>> functions;
};

namespace modules {

void unloadAll(Context* context);
bool isLive(Function* function);  // only then may it be looked into

}  // namespace modules
