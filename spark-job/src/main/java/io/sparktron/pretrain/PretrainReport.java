package io.sparktron.pretrain;

import io.sparktron.run.StepMetrics;
import io.sparktron.train.MemoryPlan;
import java.io.Serializable;

/** What ranks tell the driver while they train. */
sealed interface PretrainReport extends Serializable {
    /**
     * A rank is about to begin its first step.
     *
     * @param onGpu whether its tensors lie in the memory of a GPU
     * @param memory of rank 0, than which no other needs more
     * @param recomputesNothing whether selective recomputation has nothing to leave out on this device
     */
    record Ready(
            int rank,
            String host,
            long process,
            String device,
            boolean onGpu,
            int threads,
            MemoryPlan memory,
            boolean savesInBackground,
            boolean recomputesNothing)
            implements PretrainReport {
        /** What it holds, in words. */
        String held() {
            long copies = savesInBackground ? memory.saved() : 0;
            return onGpu
                    ? mib(memory.total()) + " of it in use"
                            + (savesInBackground ? ", " + mib(copies) + " of host memory" : "")
                    : mib(memory.total() + copies) + " of host memory outside the heap";
        }

        private static String mib(long bytes) {
            return bytes / (1 << 20) + " MiB";
        }
    }

    /** Rank 0 has finished a step. */
    record Step(StepMetrics metrics) implements PretrainReport {}

    /** All ranks have saved the state after a step. */
    record Saved(long step) implements PretrainReport {}

    /** A save is due while the shards of the one before are still being written: training waits for them. */
    record SaveOverdue(long step, long before) implements PretrainReport {}

    /** The state after a step could not be saved; training goes on. */
    record NotSaved(long step, String cause) implements PretrainReport {}

    /** Older checkpoints could not be deleted; training goes on. */
    record NotDeleted(String cause) implements PretrainReport {}
}
