/**
 * What clusters do to a run, done to real processes: a {@link io.sparktron.faults.Cluster} of child processes, a {@link io.sparktron.faults.TrainingRun} on it,
 * and a {@link io.sparktron.faults.Fault} that strikes at a step drawn from a seed. Whatever the fault, the run ends with the {@link io.sparktron.faults.Curve} of one that nothing
 * happened to, or with the right refusal.
 *
 * <p>A new kind of fault is a small class that implements {@link io.sparktron.faults.Fault}.
 */
package io.sparktron.faults;
