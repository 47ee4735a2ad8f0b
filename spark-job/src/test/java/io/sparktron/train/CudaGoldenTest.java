package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.golden.GoldenFixture;
import io.sparktron.gpucheck.Agreement;
import io.sparktron.gpucheck.Disturbance;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.ThreadRanks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * PyTorch's numbers on GPUs: in float32 within the bars of processors, in 16 bits within 4 spreads around them of what 8 runs of processors stray whose weights were moved by one unit in
 * the last place.
 */
@Tag("doubles")
@Timeout(300)
class CudaGoldenTest {
    private static final GoldenFixture GOLDEN = new GoldenFixture("gpt2");
    private static final Map<Precision, Agreement> AROUND_PYTORCH = new EnumMap<>(Precision.class);

    @ParameterizedTest(name = "tensor {0} data {1} micro-batch {2}")
    @CsvSource({"1, 1, 3", "2, 1, 3", "3, 1, 1", "1, 3, 1"})
    void equalsPyTorch(int tensor, int data, int microBatch) {
        OnGpus.run(new Layout(tensor, data), Precision.FP32, on -> {
            try (GoldenRank rank = new GoldenRank(GOLDEN, on, microBatch)) {
                rank.checkLogits();
                rank.checkGradients();
                rank.checkTrace();
            }
            return 0;
        });
    }

    @ParameterizedTest(name = "{0} tensor {1} data {2}")
    @CsvSource({
        "BF16, 1, 1",
        "BF16, 2, 1",
        "BF16, 3, 1",
        "BF16, 1, 3",
        "FP16, 1, 1",
        "FP16, 2, 1",
        "FP16, 3, 1",
        "FP16, 1, 3"
    })
    void sixteenBitsTrainPyTorchsModel(Precision precision, int tensor, int data) {
        List<ArrayList<TrainStep.Outcome>> ranks = OnGpus.run(new Layout(tensor, data), precision, on -> {
            try (GoldenRank rank = new GoldenRank(GOLDEN, on, 1, precision)) {
                return rank.trace();
            }
        });
        assertThat(ranks).as("every rank sees the same").allMatch(ranks.get(0)::equals);
        Agreement agreement = AROUND_PYTORCH.computeIfAbsent(precision, CudaGoldenTest::aroundPyTorch);
        double share = Agreements.check(agreement, ranks.get(0));
        System.out.printf("%s, tensor %d, data %d: %.0f %% of the bound%n", precision, tensor, data, 100 * share);
    }

    /** The spreads of processors around PyTorch's run. */
    private static Agreement aroundPyTorch(Precision precision) {
        List<TrainStep.Outcome> golden = GoldenRank.golden(GOLDEN);
        List<TrainStep.Outcome> undisturbed = host(precision, 0);
        List<List<TrainStep.Outcome>> moved = LongStream.rangeClosed(1, Agreement.DISTURBED_RUNS)
                .mapToObj(run -> moved(golden, undisturbed, host(precision, run)))
                .toList();
        return Agreement.of(GOLDEN.config(), precision, GOLDEN.samples(), golden, moved);
    }

    /** As far from PyTorch's as a disturbed run is from the undisturbed one. */
    private static List<TrainStep.Outcome> moved(
            List<TrainStep.Outcome> golden, List<TrainStep.Outcome> from, List<TrainStep.Outcome> to) {
        List<TrainStep.Outcome> moved = new ArrayList<>();
        for (int step = 0; step < golden.size(); step++) {
            double loss = golden.get(step).loss()
                    + to.get(step).loss()
                    - from.get(step).loss();
            double norm = golden.get(step).norm()
                    + to.get(step).norm()
                    - from.get(step).norm();
            moved.add(new TrainStep.Outcome(new Losses(loss, 0, null), norm, 1, false, false));
        }
        return moved;
    }

    private static List<TrainStep.Outcome> host(Precision precision, long disturbance) {
        return new ThreadRanks(Duration.ofSeconds(60))
                .run(
                        1,
                        context -> {
                            var on = Backends.PLAIN.execution(new Layout(1, 1), context.world(), precision.type());
                            try (GoldenRank rank = new GoldenRank(GOLDEN, on, 1, precision)) {
                                if (disturbance != 0) {
                                    Disturbance.apply(on.queue(), rank.state(), disturbance);
                                }
                                return rank.trace();
                            }
                        },
                        report -> {})
                .get(0);
    }
}
