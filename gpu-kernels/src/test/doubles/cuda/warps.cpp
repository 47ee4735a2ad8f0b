// What the lanes of a warp do together. The last lane to arrive computes for all.
#include "faults.h"
#include "runner.h"

using pretended::Exchange;
using pretended::Place;

namespace {

const char* operationName(Exchange kind) {
  switch (kind) {
    case Exchange::BALLOT: return "a vote";
    case Exchange::SYNC: return "__syncwarp";
    default: return "a shuffle";
  }
}

// The lane whose value a lane gets: CUDA's rules for segments of a width.
int source(const Group& group, int lane, int operand, int width) {
  int begin = lane / width * width, end = begin + width;
  int from = lane;
  switch (group.kind) {
    case Exchange::INDEX: return begin + (operand & (width - 1));
    case Exchange::UP: from = lane - operand; return from < begin ? lane : from;
    case Exchange::DOWN: from = lane + operand; return from >= end ? lane : from;
    case Exchange::XOR: from = lane ^ operand; return from >= end ? lane : from;
    default: return lane;
  }
}

}  // namespace

unsigned long long Runner::exchange(Exchange kind, unsigned mask, unsigned long long value, int operand, int width,
                                    Place place, void (*work)(void* const*)) {
  size_t own = size_t(thread), index = own / 32;
  int lane = int(own % 32);
  Warp& warp = warps[index];
  if (!(mask >> lane & 1)) {
    faults::stop(CUDA_ERROR_LAUNCH_FAILED, where() + ", " + nameOf(place) + ": takes part in " +
                                               operationName(kind) + " without being in its mask");
  }
  if (width < 1 || width > 32 || (width & (width - 1))) {
    faults::stop(CUDA_ERROR_LAUNCH_FAILED, where() + ", " + nameOf(place) + ": shuffle of width " +
                                               std::to_string(width) + ": not a power of 2 up to 32");
  }
  warp.values[lane] = value;
  warp.operands[lane] = operand;
  warp.widths[lane] = width;
  places[own] = place;
  states[own] = State::WARP;
  Group& group = join(warp, kind, mask, place, work);
  group.arrived |= 1u << lane;
  if (complete(warp, group)) finish(index, size_t(&group - warp.groups.data()));
  fibers.leave(fiberOf[own]);
  return warp.results[lane];
}

Group& Runner::join(Warp& warp, Exchange kind, unsigned mask, Place place, void (*work)(void* const*)) {
  for (Group& each : warp.groups) {
    if (each.kind == kind && each.mask == mask && each.place.line == place.line && each.work == work) return each;
  }
  warp.groups.push_back({kind, mask, 0, place, work});
  return warp.groups.back();
}

bool Runner::complete(const Warp& warp, const Group& group) const { return group.arrived == (group.mask & ~warp.done); }

void Runner::finish(size_t warpIndex, size_t position) {
  Warp& warp = warps[warpIndex];
  Group group = warp.groups[position];
  warp.groups.erase(warp.groups.begin() + long(position));
  if (group.work != nullptr) {
    void* lanes[32];
    for (int lane = 0; lane < 32; lane++) {
      if (!(group.arrived >> lane & 1)) {
        faults::stop(CUDA_ERROR_LAUNCH_FAILED, where() + ", " + nameOf(group.place) + ": a matrix product without lane " +
                                                   std::to_string(lane) + " of its warp");
      }
      lanes[lane] = reinterpret_cast<void*>(warp.values[lane]);
    }
    group.work(lanes);
  } else if (group.kind == Exchange::SYNC) {
    shared.passWarpBarrier(warpIndex);
  } else {
    shuffle(warp, group);
  }
  for (size_t lane = 0; lane < 32; lane++) {
    if (group.arrived >> lane & 1) states[warpIndex * 32 + lane] = State::READY;
  }
}

void Runner::shuffle(Warp& warp, const Group& group) {
  unsigned ballot = 0;
  for (int lane = 0; lane < 32; lane++) {
    if ((group.arrived >> lane & 1) && warp.values[lane] != 0) ballot |= 1u << lane;
  }
  for (int lane = 0; lane < 32; lane++) {
    if (!(group.arrived >> lane & 1)) continue;
    if (group.kind == Exchange::BALLOT) {
      warp.results[lane] = ballot;
    } else {
      int from = source(group, lane, warp.operands[lane], warp.widths[lane]);
      bool present = group.arrived >> from & 1;
      warp.results[lane] = present ? warp.values[from] : ~0ull;  // what an absent lane gives is undefined
    }
  }
}
