package io.sparktron.plan;

import io.sparktron.model.MicroBatch;
import io.sparktron.model.Mode;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.ModelConfig.Family;
import io.sparktron.model.ModelRequest;
import io.sparktron.model.Recompute;
import io.sparktron.parallel.Layout;
import io.sparktron.tensor.DType;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.train.BatchRamp;
import io.sparktron.train.Precision;
import io.sparktron.train.TrainingConfig;
import io.sparktron.train.TrainingMemory;
import io.sparktron.train.TrainingTraffic;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The answer to a {@link PlanRequest}.
 *
 * @param assumed settings that were not given and what they were taken for
 * @param microBatch samples that one rank takes through the model at once
 * @param globalBatch samples of one update
 * @param batchRamp how it grows to that
 * @param accumulation micro-batches of a rank in one update
 * @param mode of the model that is trained
 * @param precision that it computes in
 * @param activations bytes of a micro-batch's for each way to recompute
 * @param byTensor memory of a rank for each legal size of a tensor group, at this micro-batch
 * @param copies legal numbers of copies at this global and micro-batch and batch ramp; empty where any is
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
        Mode mode,
        Precision precision,
        Map<Recompute, Long> activations,
        Map<Integer, TrainingMemory> byTensor,
        List<Integer> copies) {
    private static final int GPT2_VOCABULARY = 50257;
    private static final int GPT2_SEQUENCE = 1024;
    private static final int BERT_VOCABULARY = 30522; // of the uncased vocabulary of Devlin et al. (2019)
    private static final int BERT_SEQUENCE = 512;

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
        DType type = request.precision().type();
        MicroBatch.requireFits(microBatch, model.sequence());
        int globalBatch = request.globalBatch().orElseGet(() -> TrainingConfig.oneEach(layout, microBatch));
        request.batchRamp().require(globalBatch, microBatch, layout);
        Map<Integer, TrainingMemory> byTensor = new LinkedHashMap<>();
        for (int tensor : divisors(model.heads())) {
            boolean wholeShares = !layout.sequence() || model.sequence() % tensor == 0;
            if (tensor <= model.vocabulary() && wholeShares && Layout.isLegal(tensor, layout.data())) {
                byTensor.put(
                        tensor,
                        TrainingMemory.of(
                                model, layout.withTensor(tensor), microBatch, request.mode(), type, request.kind()));
            }
        }
        TrainingMemory memory = byTensor.get(layout.tensor());
        Map<Recompute, Long> activations = new EnumMap<>(Recompute.class);
        for (Recompute recompute : Recompute.values()) {
            Mode mode = Mode.training(request.mode().dropout(), recompute, 0);
            TrainingMemory other = recompute == request.mode().recompute()
                    ? memory
                    : TrainingMemory.of(model, layout, microBatch, mode, type, request.kind());
            activations.put(recompute, other.activations());
        }
        return new Plan(
                model,
                assumed,
                layout,
                microBatch,
                globalBatch,
                request.batchRamp(),
                TrainingConfig.accumulation(globalBatch, microBatch, layout),
                memory,
                TrainingTraffic.of(model, layout, microBatch, request.mode(), type, request.kind()),
                request.mode(),
                request.precision(),
                activations,
                byTensor,
                request.globalBatch().isPresent() ? copies(request, globalBatch) : List.of());
    }

    /** Numbers of copies with which each batch, from the ramp's first on, divides into whole micro-batches. */
    private static List<Integer> copies(PlanRequest request, int globalBatch) {
        return divisors(globalBatch / request.microBatch()).stream()
                .filter(copies -> Layout.isLegal(request.layout().tensor(), copies))
                .filter(copies -> request.batchRamp().isEven(globalBatch, (long) copies * request.microBatch()))
                .toList();
    }

    private static ModelConfig model(ModelRequest given, List<String> assumed) {
        boolean bert = given.family().orElse(Family.GPT) == Family.BERT;
        int sequence = given.sequence()
                .orElseGet(() -> assume(
                        assumed,
                        "model.sequence",
                        given.positions().orElse(bert ? BERT_SEQUENCE : GPT2_SEQUENCE),
                        "the dataset's decides"));
        int vocabulary = given.vocabulary()
                .orElseGet(() -> assume(
                        assumed,
                        "model.vocabulary",
                        bert ? BERT_VOCABULARY : GPT2_VOCABULARY,
                        (bert ? "BERT's" : "GPT-2's") + "; the dataset's decides"));
        OptionalInt unset = OptionalInt.empty();
        return given.or(new ModelRequest(
                        unset, unset, unset, OptionalInt.of(sequence), unset, OptionalInt.of(vocabulary)))
                .config();
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
