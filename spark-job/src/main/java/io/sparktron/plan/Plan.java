package io.sparktron.plan;

import io.sparktron.model.MicroBatch;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.ModelRequest;
import io.sparktron.parallel.Layout;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.train.BatchRamp;
import io.sparktron.train.TrainingConfig;
import io.sparktron.train.TrainingMemory;
import io.sparktron.train.TrainingTraffic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The answer to a {@link PlanRequest}.
 *
 * @param assumed settings that were not given and what they were taken for
 * @param accumulation micro-batches of a rank in one update
 * @param byTensor memory of a rank for each legal size of a tensor group, at this micro-batch
 * @param copies legal numbers of copies at this global and micro-batch; empty where any is
 */
public record Plan(
        ModelConfig model,
        List<String> assumed,
        Layout layout,
        int microBatch,
        int globalBatch,
        BatchRamp batchRamp,
        int accumulation,
        TrainingMemory memory,
        TrainingTraffic traffic,
        Map<Integer, TrainingMemory> byTensor,
        List<Integer> copies) {
    private static final int GPT2_VOCABULARY = 50257;
    private static final int GPT2_SEQUENCE = 1024;

    /**
     * Plans; needs no cluster and no dataset.
     *
     * @throws InvalidInputException if the model cannot be, or the layout is none for it
     */
    public static Plan of(PlanRequest request) {
        List<String> assumed = new ArrayList<>();
        ModelConfig model = model(request.model(), assumed);
        Layout layout = request.layout();
        model.requireDivisible(layout);
        int microBatch = request.microBatch();
        MicroBatch.requireFits(microBatch, model.sequence());
        int globalBatch = request.globalBatch().orElseGet(() -> oneEach(layout, microBatch));
        request.batchRamp().require(globalBatch, microBatch, layout);
        Map<Integer, TrainingMemory> byTensor = new LinkedHashMap<>();
        for (int tensor : divisors(model.heads())) {
            if (tensor <= model.vocabulary()) {
                byTensor.put(tensor, TrainingMemory.of(model, new Layout(tensor, 1), microBatch));
            }
        }
        return new Plan(
                model,
                assumed,
                layout,
                microBatch,
                globalBatch,
                request.batchRamp(),
                TrainingConfig.accumulation(globalBatch, microBatch, layout),
                byTensor.get(layout.tensor()),
                TrainingTraffic.of(model, layout, microBatch),
                byTensor,
                request.globalBatch().isPresent() ? divisors(globalBatch / microBatch) : List.of());
    }

    private static int oneEach(Layout layout, int microBatch) {
        long samples = (long) layout.data() * microBatch;
        if (samples > Integer.MAX_VALUE) {
            throw new InvalidInputException("parallel.data x train.micro-batch = " + layout.data() + " x " + microBatch
                    + " samples; legal: a global batch of at most " + Integer.MAX_VALUE);
        }
        return (int) samples;
    }

    private static ModelConfig model(ModelRequest given, List<String> assumed) {
        int sequence = given.sequence()
                .orElseGet(() -> assume(
                        assumed, "model.sequence", given.positions().orElse(GPT2_SEQUENCE), "the dataset's decides"));
        return ModelConfig.gpt(
                needed("model.layers", given.layers()),
                needed("model.hidden", given.hidden()),
                needed("model.heads", given.heads()),
                sequence,
                given.positions().orElse(sequence),
                given.vocabulary()
                        .orElseGet(() -> assume(
                                assumed, "model.vocabulary", GPT2_VOCABULARY, "GPT-2's; the dataset's decides")));
    }

    private static int needed(String key, OptionalInt given) {
        return given.orElseThrow(() -> new InvalidInputException(
                key + " is not set, and is needed; legal: a number of at least 1 (a preset of conf/ sets it)"));
    }

    private static int assume(List<String> assumed, String key, int value, String why) {
        assumed.add(key + " = " + value + " (not set: " + why + ")");
        return value;
    }

    private static List<Integer> divisors(int number) {
        return IntStream.rangeClosed(1, number)
                .filter(divisor -> number % divisor == 0)
                .boxed()
                .toList();
    }
}
