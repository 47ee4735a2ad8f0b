/**
 * Spark: runs a {@link io.sparktron.rank.RankProgram} as one barrier stage, one task per rank, on executor processes or on the threads of
 * {@code local[N]}.
 *
 * <p>{@link io.sparktron.job.SparkRanks} is the driver's side: it waits for slots, submits the stage once (a failed barrier result stage is
 * never rerun by Spark), tells which rank failed first, and frees the slots of ranks that do not end ({@link io.sparktron.job.Aftermath}). Whether to run again is for
 * its caller, who knows from where. {@link io.sparktron.job.RankTask} is the executors' side: tasks find
 * each other by the stage's all-gather, become ranks ({@link io.sparktron.job.Seating}: groups that exchange much stay on one host) and open the communicator, over
 * the network where there are several hosts ({@link io.sparktron.job.HostSettings}). What ranks say on the way travels over
 * {@link io.sparktron.job.RankPlugin}'s channel, their results as Kryo-serialized task results.
 */
package io.sparktron.job;
