// From an address in a compiled kernel to its line of source, by binutils' addr2line (g++ does not come without it).
#pragma once
#include <cstdint>
#include <string>

namespace lines {

bool inKernel(uintptr_t address);                // in the code or the data of a module
std::string at(uintptr_t instruction);           // ", file.cu:12", or nothing where the address is in no kernel
std::string before(const void* returnAddress);   // the same for the call that returns there

}  // namespace lines
