package io.sparktron.parallel;

/**
 * Which part of each bucket a rank's optimizer updates (Rajbhandari et al. 2020, ZeRO stage 1): the whole of it, or the rank's of {@code of} equal ranges.
 *
 * @param rank position among those that divide a bucket
 * @param of ranks that divide it
 */
public record OptimizerShare(int rank, int of) {
    /** The whole of every bucket. */
    public static final OptimizerShare WHOLE = new OptimizerShare(0, 1);

    /** That of a rank in its data group. */
    public static OptimizerShare of(Mesh mesh) {
        return mesh.layout().shardedOptimizer()
                ? new OptimizerShare(mesh.dataRank(), mesh.layout().data())
                : WHOLE;
    }

    /** Whether no other rank has a range of its own. */
    public boolean isWhole() {
        return of == 1;
    }
}
