#include "lines.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace {

// The innermost line that is the kernel's own: what the toolkit's headers inline into it is passed over.
std::string ask(const std::string& command) {
  FILE* answers = popen(command.c_str(), "r");
  if (answers == nullptr) return "";
  char text[1024];
  std::string first;
  while (std::fgets(text, sizeof text, answers)) {
    text[std::strcspn(text, " \n")] = 0;
    if (text[0] == '?' || std::strstr(text, "/toolkit/") != nullptr) continue;
    const char* slash = std::strrchr(text, '/');
    if (first.empty()) first = slash ? slash + 1 : text;
  }
  pclose(answers);
  return first;
}

}  // namespace

bool lines::inKernel(uintptr_t address) {
  Dl_info where;
  return dladdr(reinterpret_cast<void*>(address), &where) && std::strncmp(where.dli_fname, "/proc/self/fd/", 14) == 0;
}

std::string lines::at(uintptr_t instruction) {
  Dl_info where;
  if (!dladdr(reinterpret_cast<void*>(instruction), &where) || std::strncmp(where.dli_fname, "/proc/self/fd/", 14) != 0) {
    return "";
  }
  char command[256];
  std::snprintf(command, sizeof command, "addr2line -i -e /proc/%d/fd/%s %#zx 2>/dev/null", getpid(),
                where.dli_fname + 14, size_t(instruction - reinterpret_cast<uintptr_t>(where.dli_fbase)));
  std::string line = ask(command);
  return line.empty() ? "" : ", " + line;
}

std::string lines::before(const void* returnAddress) { return at(reinterpret_cast<uintptr_t>(returnAddress) - 1); }
