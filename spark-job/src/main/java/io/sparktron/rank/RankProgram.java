package io.sparktron.rank;

import java.io.Serializable;

/**
 * What every rank of a job runs, once, from start to end. It is sent to the executors by Java serialization, so its fields are
 * plain records; memory, threads and files are made inside {@link #run}.
 *
 * @param <R> what a rank returns to the driver: small, since results travel through the driver's memory
 */
public interface RankProgram<R extends Serializable> extends Serializable {
    R run(RankContext context) throws Exception;

    /**
     * Every so many consecutive ranks should run on one host, since they exchange much more with each other than with the rest; 1 if that does not
     * matter. Divides the number of ranks. Asked on the driver.
     */
    default int groupSize() {
        return 1;
    }

    /** What its ranks compute on. Asked on the driver. */
    default GpuUse gpus() {
        return GpuUse.NEVER;
    }
}
