package io.sparktron.plan;

import io.sparktron.model.Mode;
import io.sparktron.model.ModelRequest;
import io.sparktron.parallel.Layout;
import io.sparktron.train.BatchRamp;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Precision;
import java.util.OptionalInt;

/**
 * What a user asks of {@code plan}.
 *
 * @param microBatch samples that one rank takes through the model at once
 * @param globalBatch samples of one update; by default one micro-batch of each copy
 * @param batchRamp how it grows to that
 * @param mode of the model that is trained
 * @param precision that it computes in
 * @param kind where it computes; {@code AUTO} is planned as processors, since nobody is asked
 */
public record PlanRequest(
        ModelRequest model,
        Layout layout,
        int microBatch,
        OptionalInt globalBatch,
        BatchRamp batchRamp,
        Mode mode,
        Precision precision,
        DeviceConfig.Kind kind,
        Executor executor) {
    /**
     * An executor as Spark's settings make it.
     *
     * @param heap {@code spark.executor.memory}, bytes
     * @param ranks tasks that run in it at the same time
     * @param threads of a rank
     */
    public record Executor(long heap, int ranks, int threads) {}
}
