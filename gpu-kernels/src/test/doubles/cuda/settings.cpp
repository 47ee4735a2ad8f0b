#include "settings.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

[[noreturn]] void refuse(const char* name, const char* value, const char* legal) {
  std::fprintf(stderr, "libcuda (pretended): %s=%s: expected %s\n", name, value, legal);
  std::_Exit(2);
}

unsigned long long number(const char* name, unsigned long long otherwise, unsigned long long least,
                          unsigned long long most, const char* legal) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == 0) return otherwise;
  char* end;
  errno = 0;
  unsigned long long parsed = std::strtoull(value, &end, 10);
  if (*end != 0 || errno != 0 || *value == '-' || parsed < least || parsed > most) refuse(name, value, legal);
  return parsed;
}

Settings read() {
  Settings all{};
  all.gpus = int(number("SPARKTRON_PRETENDED_GPUS", 1, 0, 7, "a number of GPUs from 0 to 7"));
  all.memory = number("SPARKTRON_PRETENDED_MEMORY", size_t{2} << 30, 1 << 20, size_t{1} << 40, "bytes, from 1 MiB");
  all.capability = int(number("SPARKTRON_PRETENDED_CAPABILITY", 80, 50, 120, "a compute capability such as 75 or 90"));
  all.driver = int(number("SPARKTRON_PRETENDED_DRIVER", 12060, 11000, 19990, "a version such as 12040"));
  all.delay = int(number("SPARKTRON_STREAM_DELAY_MS", 20, 0, 60000, "milliseconds"));
  const char* order = std::getenv("SPARKTRON_FIBER_ORDER");
  std::string value = order ? order : "forward";
  if (value == "forward" || value.empty()) {
    all.order = FiberOrder::FORWARD;
  } else if (value == "reverse") {
    all.order = FiberOrder::REVERSE;
  } else if (value.rfind("random", 0) == 0 && (value.size() == 6 || value[6] == ':')) {
    all.order = FiberOrder::RANDOM;
    all.seed = value.size() > 7 ? std::strtoull(value.c_str() + 7, nullptr, 10) : 1;
  } else {
    refuse("SPARKTRON_FIBER_ORDER", value.c_str(), "forward, reverse or random[:seed]");
  }
  return all;
}

}  // namespace

const Settings& settings() {
  static const Settings all = read();
  return all;
}
