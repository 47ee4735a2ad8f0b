#include "errors.h"

#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>

namespace {

struct Code {
  int code;
  const char* name;
  const char* text;
};

const Code CODES[] = {
#include "codes.inc"
};

const Code* find(int code) {
  for (const Code& each : CODES) {
    if (each.code == code) return &each;
  }
  return nullptr;
}

std::mutex lock;

std::map<int, const char*>& reported() {
  static auto* texts = new std::map<int, const char*>;
  return *texts;
}

}  // namespace

CUresult report(CUresult code, const std::string& what) {
  std::fprintf(stderr, "libcuda (pretended): %d: %s\n", code, what.c_str());
  std::fflush(stderr);
  const Code* known = find(code);
  std::string text = std::string(known ? known->text : "unknown error") + ": " + what;
  std::lock_guard<std::mutex> held(lock);
  reported()[code] = strdup(text.c_str());  // never freed: callers may still hold the one before
  return code;
}

extern "C" CUresult cuGetErrorName(CUresult code, const char** name) {
  const Code* known = find(code);
  if (name == nullptr) return CUDA_ERROR_INVALID_VALUE;
  *name = known ? known->name : nullptr;
  return known ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

extern "C" CUresult cuGetErrorString(CUresult code, const char** text) {
  const Code* known = find(code);
  if (text == nullptr) return CUDA_ERROR_INVALID_VALUE;
  *text = known ? known->text : nullptr;
  if (!known) return CUDA_ERROR_INVALID_VALUE;
  std::lock_guard<std::mutex> held(lock);
  auto detail = reported().find(code);
  if (detail != reported().end()) *text = detail->second;
  return CUDA_SUCCESS;
}
