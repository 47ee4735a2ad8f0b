package io.sparktron.collective.nccl;

import java.time.Duration;

/**
 * How NCCL is used.
 *
 * @param reproducible whether sums are added in the same order in every run at one layout: fixes NCCL's algorithm and protocol, at some cost in speed
 * @param timeLimit how long a collective may be pending while no rank makes any progress
 */
public record NcclSettings(boolean reproducible, Duration timeLimit) {}
