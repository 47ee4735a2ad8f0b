// The part of NCCL's API that its double has, with the values of nccl.h.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

enum Result : int {
  SUCCESS = 0,
  CUDA_ERROR = 1,
  SYSTEM_ERROR = 2,
  INTERNAL_ERROR = 3,
  INVALID_ARGUMENT = 4,
  INVALID_USAGE = 5,
  REMOTE_ERROR = 6,
  IN_PROGRESS = 7,
};

enum Type : int { INT8, UINT8, INT32, UINT32, INT64, UINT64, FLOAT16, FLOAT32, FLOAT64, BFLOAT16, TYPES };
enum Reduction : int { SUM, PROD, MAX, MIN, AVG, REDUCTIONS };

struct UniqueId {
  char internal[128];
};

// ncclConfig_t of NCCL 2.18.
struct Config {
  size_t size;
  unsigned magic;
  unsigned version;
  int blocking;
  int cgaClusterSize;
  int minCTAs;
  int maxCTAs;
  const char* netName;
  int splitShare;
};

constexpr unsigned CONFIG_MAGIC = 0xcafebeef;
constexpr int NO_COLOR = -1;

// What a rank asks of its communicator, in the form in which ranks compare it. Plain data: it lies in shared memory.
struct Call {
  enum Kind : int { ALL_REDUCE, REDUCE, BROADCAST, ALL_GATHER, REDUCE_SCATTER, SEND, RECV };
  Kind kind;
  int type;
  int reduction;  // 0 where there is none
  int root;       // or peer; 0 where there is none
  uint64_t count;

  std::string text() const;
  bool operator==(const Call& other) const;
};

size_t width(int type);

// Remembers why a call fails, for ncclGetLastError, and says it on the error output; returns the result.
Result fail(Result result, const std::string& why);
const char* lastError();
