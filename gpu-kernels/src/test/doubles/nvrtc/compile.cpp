// From CUDA C to a shared object by g++, kept on disk by content so that no JVM compiles what another has.
#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

#include "program.h"

extern char** environ;

namespace {

// target/doubles, two levels above this library.
std::string home() {
  Dl_info own;
  dladdr(reinterpret_cast<void*>(&home), &own);
  std::string path = own.dli_fname;
  return path.substr(0, path.rfind('/', path.rfind('/') - 1));
}

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void write(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
}

struct Folder {
  std::string path;
  Folder() {
    const char* base = std::getenv("TMPDIR");
    path = std::string(base ? base : "/tmp") + "/pretended-nvrtc-XXXXXX";
    if (mkdtemp(&path[0]) == nullptr) std::perror("libnvrtc (pretended): a temporary folder");
  }
  ~Folder() {
    std::string command = "rm -rf '" + path + "'";
    if (std::system(command.c_str()) != 0) std::perror("libnvrtc (pretended): removing a temporary folder");
  }
};

bool gxx(const Folder& folder, const std::vector<std::string>& arguments, std::string& errors) {
  std::vector<char*> raw{const_cast<char*>("g++")};
  for (const std::string& each : arguments) raw.push_back(const_cast<char*>(each.c_str()));
  raw.push_back(nullptr);
  std::string output = folder.path + "/.errors";
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder.path.c_str());
  posix_spawn_file_actions_addopen(&actions, 2, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t child;
  int failed = posix_spawnp(&child, "g++", &actions, nullptr, raw.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    errors += "the pretended NVRTC cannot start g++\n";
    return false;
  }
  int status;
  waitpid(child, &status, 0);
  errors += read(output);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// g++'s "file:12:5: error: text" as NVRTC's "file(12): error: text".
std::string asNvrtc(const std::string& log) {
  static const std::regex PLACE(R"(^(?:\./)?([^\s:]+):(\d+):(?:\d+:)? (?:fatal )?(error|warning|note): )",
                                std::regex::multiline);
  return std::regex_replace(log, PLACE, "$1($2): $3: ");
}

std::string base64(const std::string& bytes) {
  static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    unsigned bits = 0;
    for (size_t k = 0; k < 3; k++) bits = bits << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0);
    for (int k = 3; k >= 0; k--) text += DIGITS[bits >> 6 * k & 63];
    if (i / 3 % 19 == 18) text += '\n';
  }
  return text + "\n";
}

std::string key(const std::string& text) {  // FNV-1a, 128 bits
  unsigned __int128 hash = static_cast<unsigned __int128>(0x6c62272e07bb0142) << 64 | 0x62b821756295c58d;
  unsigned __int128 prime = static_cast<unsigned __int128>(0x1000000) << 64 | 0x13b;
  for (unsigned char c : text) hash = (hash ^ c) * prime;
  char name[33];
  std::snprintf(name, sizeof name, "%016llx%016llx", static_cast<unsigned long long>(hash >> 64),
                static_cast<unsigned long long>(hash));
  return name;
}

}  // namespace

bool compile(Program& program, const Options& options) {
  static const std::string base = home();
  Folder folder;
  std::string name = program.name.empty() ? "default_program" : program.name;
  write(folder.path + "/" + name, program.source);
  for (const auto& header : program.headers) write(folder.path + "/" + header.first, header.second);

  std::vector<std::string> first{"-x", "c++", "-E", "-nostdinc", "-nostdinc++", "-std=c++17", "-I."};
  first.insert(first.end(), options.forCompiler.begin(), options.forCompiler.end());
  first.insert(first.end(), {"-D__CUDA_ARCH__=" + std::to_string(options.architecture * 10), "-include",
                             base + "/toolkit/prelude/prelude.h", name, "-o", "preprocessed"});
  std::string messages;
  bool done = gxx(folder, first, messages);
  program.log = asNvrtc(messages);
  if (!done) return false;

  const std::vector<std::string> second{
      "-x", "c++-cpp-output", "-std=c++17", "-O2", "-g1", "-fPIC", "-shared", "-ffp-contract=off", "-fno-exceptions",
      "-fno-rtti", "-fno-gnu-unique", "-fno-strict-aliasing", "-U_FORTIFY_SOURCE", "-Wno-unused", "-Wno-psabi",
      // Every load and store, index and alignment is checked, by libcuda's double and not by the sanitizers' libraries.
      "-fsanitize=thread", "--param", "tsan-instrument-func-entry-exit=0",
      "-fsanitize=bounds,alignment,integer-divide-by-zero,shift-exponent", "-fno-sanitize-recover=all", "-nodefaultlibs",
      "-o", "kernels.so", "kernels.ii"};
  std::string text = rewrite(read(folder.path + "/preprocessed"));
  std::string flags;
  for (const std::string& each : second) flags += each + " ";
  std::string cached = base + "/cache/" + key(flags + text) + ".so";
  std::string object = read(cached);
  if (object.empty()) {
    write(folder.path + "/kernels.ii", text);
    std::vector<std::string> all = second;
    all.insert(all.end(), {"-x", "none", base + "/lib/libcuda.so.1", "-lm", "-lc", "-lgcc"});
    messages.clear();
    done = gxx(folder, all, messages);
    program.log += asNvrtc(messages);
    if (!done) return false;
    object = read(folder.path + "/kernels.so");
    std::string fresh = cached + "." + std::to_string(getpid()) + "." + key(folder.path);
    mkdir((base + "/cache").c_str(), 0777);
    write(fresh, object);
    std::rename(fresh.c_str(), cached.c_str());
  }
  std::string target = std::to_string(options.architecture) + "\n";
  program.ptx = "// pretended PTX\n.target sm_" + target + base64(object);
  if (options.machineCode) program.cubin = "pretended cubin of sm_" + target + std::to_string(object.size()) + "\n" + object;
  return true;
}
