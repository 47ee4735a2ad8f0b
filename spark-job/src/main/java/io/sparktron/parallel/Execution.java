package io.sparktron.parallel;

import io.sparktron.kernels.Kernels;
import io.sparktron.tensor.Queue;

/** What a layer runs on: this rank's kernels, the queue they are enqueued on, and its groups. */
public record Execution(Kernels kernels, Queue queue, Mesh mesh) {}
