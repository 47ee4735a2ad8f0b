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
}
