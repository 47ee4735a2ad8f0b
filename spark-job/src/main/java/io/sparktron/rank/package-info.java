/**
 * The seam between what ranks run and what runs them: programs implement {@link io.sparktron.rank.RankProgram}; threads of one process or the
 * tasks of a Spark barrier stage execute it behind {@link io.sparktron.rank.RankLauncher}. No Spark here.
 */
package io.sparktron.rank;
