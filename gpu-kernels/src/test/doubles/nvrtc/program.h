// A program of NVRTC's double and the steps of its compilation.
#pragma once
#include <string>
#include <utility>
#include <vector>

struct Program {
  std::string source, name;
  std::vector<std::pair<std::string, std::string>> headers;  // name, text
  std::string log, ptx, cubin;
  std::vector<std::string> nameExpressions;
};

struct Options {
  int architecture = 52;  // of compute_52, NVRTC's default
  bool machineCode = false;  // sm_52
  bool relocatable = false;
  std::vector<std::string> forCompiler;
};

// False: an option is unknown; the log says which.
bool parseOptions(int count, const char* const* texts, Options& options, std::string& log);

// The text that g++ compiles: shared variables found at run time, a description of each kernel behind it.
std::string rewrite(const std::string& preprocessed);

bool compile(Program& program, const Options& options);  // false: the log says why

extern const std::vector<int> ARCHITECTURES;
