// The state of one worker's kernel: its threads, their warps, and what they wait for.
#pragma once
#include <random>
#include <vector>
#include "block.h"
#include "fibers.h"
#include "shared.h"

enum class State : char { NEW, READY, BARRIER, WARP, DONE };

// Lanes that wait for each other: those that came to one place with one mask.
struct Group {
  pretended::Exchange kind;
  unsigned mask, arrived;
  pretended::Place place;
  void (*work)(void* const*);  // of pretended_warp_work
};

struct Warp {
  std::vector<Group> groups;
  unsigned done = 0;  // lanes that have returned, or never were
  unsigned long long values[32], results[32];
  int operands[32], widths[32];
};

class Runner {
 public:
  Runner();
  static Runner& current();   // of this worker
  static Runner* existing();  // the same, or null

  void run(const Launch& launch);
  void abandon();
  bool running() const { return launch != nullptr; }
  std::string where() const;
  std::string nameOf(int thread) const;  // "thread (1, 0, 0)"

  static std::string nameOf(pretended::Place place);  // "file.cu:12"

  int barrier(int predicate, pretended::Place place);
  unsigned long long exchange(pretended::Exchange kind, unsigned mask, unsigned long long value, int operand, int width,
                              pretended::Place place, void (*work)(void* const*) = nullptr);

  const Launch* launch = nullptr;
  int thread = -1;  // that runs now
  SharedMemory shared;
  Fibers fibers;

 private:
  static void body();  // of every fiber
  void runThreads();
  void ended();
  void runBlock(uint3 index);
  void pass(bool& progress);
  void wait(State state);
  Group& join(Warp& warp, pretended::Exchange kind, unsigned mask, pretended::Place place,
              void (*work)(void* const*));
  bool complete(const Warp& warp, const Group& group) const;
  void finish(size_t warpIndex, size_t group);
  void shuffle(Warp& warp, const Group& group);
  void order(std::vector<unsigned>& indices, size_t count);
  [[noreturn]] void divergent();

  pretended::Block blockInfo;
  int count = 0, finished = 0, arrived = 0, votes = 0, votesResult = 0;
  size_t cursor = 0;
  std::vector<pretended::Thread> threads;
  std::vector<State> states;
  std::vector<Fiber*> fiberOf;
  std::vector<pretended::Place> places;
  std::vector<unsigned> turns;  // the order of the threads
  std::vector<Warp> warps;
  std::mt19937_64 random;
};
