// The API of NVRTC 12.6.
#include <cstring>
#include <mutex>
#include <set>

#include "program.h"

namespace {

enum Result {
  SUCCESS = 0,
  INVALID_INPUT = 3,
  INVALID_PROGRAM = 4,
  INVALID_OPTION = 5,
  COMPILATION = 6,
  NAME_EXPRESSION_NOT_VALID = 10,
};

const char* const TEXTS[] = {"NVRTC_SUCCESS",
                             "NVRTC_ERROR_OUT_OF_MEMORY",
                             "NVRTC_ERROR_PROGRAM_CREATION_FAILURE",
                             "NVRTC_ERROR_INVALID_INPUT",
                             "NVRTC_ERROR_INVALID_PROGRAM",
                             "NVRTC_ERROR_INVALID_OPTION",
                             "NVRTC_ERROR_COMPILATION",
                             "NVRTC_ERROR_BUILTIN_OPERATION_FAILURE",
                             "NVRTC_ERROR_NO_NAME_EXPRESSIONS_AFTER_COMPILATION",
                             "NVRTC_ERROR_NO_LOWERED_NAMES_BEFORE_COMPILATION",
                             "NVRTC_ERROR_NAME_EXPRESSION_NOT_VALID",
                             "NVRTC_ERROR_INTERNAL_ERROR"};

std::mutex lock;

std::set<Program*>& live() {
  static auto* all = new std::set<Program*>;
  return *all;
}

bool known(Program* program) {
  std::lock_guard<std::mutex> held(lock);
  return live().count(program) > 0;
}

int sizeOf(Program* program, const std::string& text, size_t* size) {
  if (!known(program)) return INVALID_PROGRAM;
  if (size == nullptr) return INVALID_INPUT;
  *size = text.size() + 1;
  return SUCCESS;
}

int copyOf(Program* program, const std::string& text, char* to) {
  if (!known(program)) return INVALID_PROGRAM;
  if (to == nullptr) return INVALID_INPUT;
  std::memcpy(to, text.c_str(), text.size() + 1);
  return SUCCESS;
}

}  // namespace

extern "C" {

int nvrtcVersion(int* major, int* minor) {
  *major = 12;
  *minor = 6;
  return SUCCESS;
}

const char* nvrtcGetErrorString(int code) {
  return code >= 0 && code < int(sizeof TEXTS / sizeof *TEXTS) ? TEXTS[code] : "NVRTC_ERROR unknown";
}

int nvrtcGetNumSupportedArchs(int* count) {
  *count = int(ARCHITECTURES.size());
  return SUCCESS;
}

int nvrtcGetSupportedArchs(int* all) {
  std::copy(ARCHITECTURES.begin(), ARCHITECTURES.end(), all);
  return SUCCESS;
}

int nvrtcCreateProgram(Program** program, const char* source, const char* name, int count, const char* const* headers,
                       const char* const* includeNames) {
  if (program == nullptr || source == nullptr || count < 0) return INVALID_INPUT;
  *program = new Program();
  (*program)->source = source;
  if (name != nullptr) (*program)->name = name;
  for (int i = 0; i < count; i++) (*program)->headers.emplace_back(includeNames[i], headers[i]);
  std::lock_guard<std::mutex> held(lock);
  live().insert(*program);
  return SUCCESS;
}

int nvrtcDestroyProgram(Program** program) {
  if (program == nullptr || !known(*program)) return INVALID_PROGRAM;
  std::lock_guard<std::mutex> held(lock);
  live().erase(*program);
  delete *program;
  *program = nullptr;
  return SUCCESS;
}

int nvrtcCompileProgram(Program* program, int count, const char* const* texts) {
  if (!known(program)) return INVALID_PROGRAM;
  Options options;
  program->log.clear();
  program->ptx.clear();
  program->cubin.clear();
  if (!parseOptions(count, texts, options, program->log)) return INVALID_OPTION;
  return compile(*program, options) ? SUCCESS : COMPILATION;
}

int nvrtcGetPTXSize(Program* program, size_t* size) { return sizeOf(program, program->ptx, size); }
int nvrtcGetPTX(Program* program, char* to) { return copyOf(program, program->ptx, to); }
int nvrtcGetProgramLogSize(Program* program, size_t* size) { return sizeOf(program, program->log, size); }
int nvrtcGetProgramLog(Program* program, char* to) { return copyOf(program, program->log, to); }

// There is no machine code for a virtual architecture. It has no end but its size.
int nvrtcGetCUBINSize(Program* program, size_t* size) {
  if (!known(program)) return INVALID_PROGRAM;
  if (size == nullptr) return INVALID_INPUT;
  *size = program->cubin.size();
  return SUCCESS;
}

int nvrtcGetCUBIN(Program* program, char* to) {
  if (!known(program)) return INVALID_PROGRAM;
  if (to == nullptr) return INVALID_INPUT;
  std::memcpy(to, program->cubin.data(), program->cubin.size());
  return SUCCESS;
}

int nvrtcAddNameExpression(Program* program, const char* expression) {
  if (!known(program)) return INVALID_PROGRAM;
  program->nameExpressions.push_back(expression);
  return SUCCESS;
}

// Kernels are extern "C", so that a name is its own lowered name.
int nvrtcGetLoweredName(Program* program, const char* expression, const char** lowered) {
  if (!known(program)) return INVALID_PROGRAM;
  for (const std::string& each : program->nameExpressions) {
    if (each == expression) {
      *lowered = each.c_str();
      return SUCCESS;
    }
  }
  return NAME_EXPRESSION_NOT_VALID;
}

}  // extern "C"
