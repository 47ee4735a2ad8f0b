// Runs the blocks of a grid one after the other, the threads of each as fibers of the worker that calls.
#pragma once
#include <cstddef>
#include <string>
#include "abi.h"
#include "api.h"

struct Launch {
  const pretended::Kernel* kernel;
  uint3 grid, block;
  size_t dynamicShared;  // bytes
  int device;
  void* const* arguments;
};

namespace block {

void run(const Launch& launch);
std::string where();  // ", block (0, 0, 0), thread (1, 0, 0)" of what runs on this worker, or nothing
void abandon();       // forgets a kernel that was stopped

}  // namespace block
