// What a communicator does on a stream.
#pragma once
#include <vector>

#include "communicator.h"

// One call, as the program made it.
struct Operation {
  Call call;
  const char* send;
  char* receive;
  Stream stream;
  Before before[MOST_OTHERS];  // for collectives
};

// One collective, or the sends and receives of a group, which go on together.
struct Work {
  CommunicatorRef communicator;
  std::vector<Operation> operations;
  uint64_t ticket;

  void run();
};

bool isTransfer(const Call& call);

// Whether collectives of several communicators may run on one GPU at once.
bool ordersLaunches();

// The version that this double says it has.
int version();

void runCollective(Communicator& communicator, const Operation& operation);
void runTransfers(Communicator& communicator, const std::vector<Operation>& operations);
