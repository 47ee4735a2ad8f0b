// Names of calls, and the last error.
#include <cstdio>
#include <mutex>

#include "nccl.h"

namespace {

const char* const KINDS[] = {"AllReduce", "Reduce", "Broadcast", "AllGather", "ReduceScatter", "Send", "Recv"};
const char* const TYPE_NAMES[] = {"Int8",   "Uint8",   "Int32",   "Uint32",  "Int64",
                                  "Uint64", "Float16", "Float32", "Float64", "Bfloat16"};
const char* const REDUCTION_NAMES[] = {"Sum", "Prod", "Max", "Min", "Avg"};
const size_t WIDTHS[] = {1, 1, 4, 4, 8, 8, 2, 4, 8, 2};

std::mutex lock;
std::string last;

}  // namespace

size_t width(int type) { return WIDTHS[type]; }

std::string Call::text() const {
  std::string result = KINDS[kind];
  if (kind == ALL_REDUCE || kind == REDUCE || kind == REDUCE_SCATTER) {
    result += std::string(" ") + REDUCTION_NAMES[reduction];
  }
  if (kind == REDUCE || kind == SEND) {
    result += " to rank " + std::to_string(root);
  } else if (kind == BROADCAST || kind == RECV) {
    result += " from rank " + std::to_string(root);
  }
  return result + " of " + TYPE_NAMES[type] + " x " + std::to_string(count);
}

bool Call::operator==(const Call& other) const {
  return kind == other.kind && type == other.type && reduction == other.reduction && root == other.root &&
         count == other.count;
}

Result fail(Result result, const std::string& why) {
  std::fprintf(stderr, "pretended NCCL: %s\n", why.c_str());
  std::lock_guard<std::mutex> guard(lock);
  last = why;
  return result;
}

const char* lastError() {
  static thread_local std::string copy;
  std::lock_guard<std::mutex> guard(lock);
  copy = last;
  return copy.c_str();
}
