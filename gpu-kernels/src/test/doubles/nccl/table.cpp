#include "table.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

size_t Table::bytes(int ranks) { return sizeof(Table) + ranks * PIECE + ranks * ranks * sizeof(Letterbox); }

Letterbox& Table::letterbox(int from, int to) {
  auto first = reinterpret_cast<Letterbox*>(piece(ranks.load()));
  return first[from * ranks.load() + to];
}

Table* Table::map(const std::string& name, int ranks) {
  int descriptor = shm_open(name.c_str(), O_RDWR | O_CREAT, 0600);
  if (descriptor < 0) {
    return nullptr;
  }
  void* address = MAP_FAILED;
  if (ftruncate(descriptor, bytes(ranks)) == 0) {
    address = mmap(nullptr, bytes(ranks), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  }
  close(descriptor);
  return address == MAP_FAILED ? nullptr : static_cast<Table*>(address);
}

void Table::unlink(const std::string& name) { shm_unlink(name.c_str()); }

uint64_t startOf(int process) {
  char path[64], line[1024];
  std::snprintf(path, sizeof path, "/proc/%d/stat", process);
  FILE* file = std::fopen(path, "re");
  if (file == nullptr) {
    return 0;
  }
  size_t length = std::fread(line, 1, sizeof line - 1, file);
  std::fclose(file);
  line[length] = 0;
  // The command, in parentheses, may itself hold blanks and parentheses.
  const char* rest = std::strrchr(line, ')');
  char state = 0;
  unsigned long long started = 0;
  if (rest == nullptr ||
      std::sscanf(rest + 1, " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu", &state,
                  &started) != 2 ||
      state == 'Z' || state == 'X') {
    return 0;
  }
  return started;
}

void Pause::once() {
  constexpr unsigned YIELDS = 128;
  if (rounds++ < YIELDS) {
    sched_yield();
  } else {
    usleep(rounds < 8 * YIELDS ? 50 : 500);
  }
}
