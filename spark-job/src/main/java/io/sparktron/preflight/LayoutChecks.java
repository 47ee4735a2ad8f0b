package io.sparktron.preflight;

import io.sparktron.model.ModelConfig;
import io.sparktron.model.ModelRequest;
import io.sparktron.parallel.Layout;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.train.TrainingConfig;
import java.util.ArrayList;
import java.util.List;

/** What must come out even: heads and shared rows over a tensor group, columns over heads, the global batch over copies and micro-batches. */
final class LayoutChecks {
    private static final String CHECK = "layout";

    private final PreflightRequest request;
    private final Layout layout;

    LayoutChecks(PreflightRequest request) {
        this.request = request;
        this.layout = request.layout();
    }

    List<Finding> findings() {
        List<Finding> uneven = new ArrayList<>();
        ModelRequest model = request.model();
        model.heads().ifPresent(heads -> {
            require(
                    uneven,
                    () -> ModelConfig.requireWholeHeads(heads, layout),
                    "--set parallel.tensor=" + largestDivisor(heads, layout.tensor()));
            model.hidden()
                    .ifPresent(hidden -> require(
                            uneven,
                            () -> ModelConfig.requireDivisible(hidden, heads),
                            "--set model.heads=" + largestDivisor(hidden, heads)));
        });
        model.sequence()
                .ifPresent(sequence -> require(
                        uneven,
                        () -> ModelConfig.requireWholeShares(sequence, layout),
                        "--set parallel.sequence=false"));
        long share = (long) layout.data() * request.microBatch();
        require(
                uneven,
                () -> TrainingConfig.accumulation(request.globalBatch(), request.microBatch(), layout),
                "--set train.global-batch=" + Math.max(1, request.globalBatch() / share) * share);
        return uneven.isEmpty()
                ? List.of(Finding.ok(
                        CHECK,
                        layout + ", " + request.globalBatch() / share + " x " + request.microBatch()
                                + " samples in an update of each copy"))
                : uneven;
    }

    private static void require(List<Finding> uneven, Runnable check, String fix) {
        try {
            check.run();
        } catch (InvalidInputException e) {
            uneven.add(Finding.mistake(CHECK, e.getMessage(), fix));
        }
    }

    private static int largestDivisor(int whole, int atMost) {
        int divisor = Math.min(whole, atMost);
        while (whole % divisor != 0) {
            divisor--;
        }
        return divisor;
    }
}
