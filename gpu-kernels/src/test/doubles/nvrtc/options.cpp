// The options of NVRTC 12 that the doubles understand; every other is refused, as NVRTC refuses what it does not know.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "program.h"

const std::vector<int> ARCHITECTURES = {50, 52, 53, 60, 61, 62, 70, 72, 75, 80, 86, 87, 89, 90};

namespace {

// The value of "--option=value" or "-o value"; moves over what it used.
bool value(const char* name, int count, const char* const* texts, int& i, std::string& result) {
  size_t length = std::strlen(name);
  if (std::strncmp(texts[i], name, length) != 0) return false;
  if (texts[i][length] == '=') {
    result = texts[i] + length + 1;
    return true;
  }
  if (texts[i][length] == 0 && i + 1 < count) {
    result = texts[++i];
    return true;
  }
  return false;
}

// "-DX", "-D X", "--define-macro=X".
bool attached(const char* brief, const char* full, int count, const char* const* texts, int& i, std::string& result) {
  if (value(full, count, texts, i, result)) return true;
  if (std::strncmp(texts[i], brief, 2) != 0) return false;
  if (texts[i][2] != 0) {
    result = texts[i] + 2;
    return true;
  }
  return value(brief, count, texts, i, result);
}

bool architecture(const std::string& text, Options& options, std::string& log) {
  if (text.rfind("compute_", 0) == 0 || text.rfind("sm_", 0) == 0) {
    int number = std::atoi(text.c_str() + text.find('_') + 1);
    if (std::find(ARCHITECTURES.begin(), ARCHITECTURES.end(), number) != ARCHITECTURES.end()) {
      options.architecture = number;
      options.machineCode = text[0] == 's';
      return true;
    }
  }
  log += "nvrtc: error: invalid value for --gpu-architecture (-arch)\n";
  return false;
}

}  // namespace

bool parseOptions(int count, const char* const* texts, Options& options, std::string& log) {
  static const char* const IGNORED[] = {"--device-debug", "-G", "--generate-line-info", "-lineinfo", "-default-device",
                                        "--device-as-default-execution-space", "--restrict", "-restrict",
                                        "--fmad=false", "-fmad=false", "--fmad=true", "-fmad=true",
                                        "--extra-device-vectorization", "-w", "--disable-warnings"};
  for (int i = 0; i < count; i++) {
    std::string text;
    if (value("--gpu-architecture", count, texts, i, text) || value("-arch", count, texts, i, text)) {
      if (!architecture(text, options, log)) return false;
    } else if (value("--std", count, texts, i, text) || value("-std", count, texts, i, text)) {
      if (text != "c++17" && text != "c++14" && text != "c++11" && text != "c++20") {
        log += "nvrtc: error: invalid value for --std\n";
        return false;
      }
      options.forCompiler.push_back("-std=" + (text == "c++20" ? text : "c++17"));  // the prelude needs 17
    } else if (attached("-D", "--define-macro", count, texts, i, text)) {
      options.forCompiler.push_back("-D" + text);
    } else if (attached("-U", "--undefine-macro", count, texts, i, text)) {
      options.forCompiler.push_back("-U" + text);
    } else if (attached("-I", "--include-path", count, texts, i, text)) {
      options.forCompiler.push_back("-I" + text);
    } else if (std::find(std::begin(IGNORED), std::end(IGNORED), std::string(texts[i])) == std::end(IGNORED)) {
      log += "nvrtc: error: unrecognized option " + std::string(texts[i]) + " found\n";
      return false;
    }
  }
  return true;
}
