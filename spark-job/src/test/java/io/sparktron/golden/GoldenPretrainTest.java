package io.sparktron.golden;

import io.sparktron.model.ModelRequest;
import io.sparktron.model.Recompute;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Layout;
import io.sparktron.pretrain.Pretrain;
import io.sparktron.pretrain.PretrainRequest;
import io.sparktron.pretrain.RetryPolicy;
import io.sparktron.pretrain.SaveInBackground;
import io.sparktron.pretrain.StopRule;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.train.BatchRamp;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.TrainingConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The golden trace through all of {@code convert} and {@code pretrain}: imported weights, a dataset on disk, the metrics and the last checkpoint. The models and
 * datasets that others made are trained at every legal layout.
 */
@Timeout(120)
class GoldenPretrainTest {
    @TempDir
    Path folder;

    static Stream<Arguments> layouts() {
        List<Arguments> cases = new ArrayList<>();
        Map.of("prime/gpt2", List.of(1, 5), "twelve/gpt2", List.of(1, 2, 3, 4, 6, 12))
                .forEach((fixture, tensors) -> tensors.forEach(tensor -> {
                    cases.add(plain(fixture, tensor, 1, 1));
                    cases.add(plain(fixture, tensor, 1, 3));
                    cases.add(plain(fixture, tensor, 3, 1));
                }));
        cases.add(plain("gpt2", 3, 1, 1));
        cases.add(plain("gpt2", 2, 3, 1));
        cases.add(plain("even/gpt2", 4, 1, 1));
        cases.add(plain("even/gpt2", 1, 3, 1));
        cases.add(Arguments.of("even/gpt2", new Layout(2, 3, true, true), 1, Recompute.FULL));
        cases.add(Arguments.of("even/gpt2", new Layout(8, 1, true, false), 3, Recompute.SELECTIVE));
        return cases.stream();
    }

    private static Arguments plain(String fixture, int tensor, int data, int microBatch) {
        return Arguments.of(fixture, new Layout(tensor, data), microBatch, Recompute.NONE);
    }

    @ParameterizedTest(name = "{0}, {1}, micro-batch {2}, recomputing {3}")
    @MethodSource("layouts")
    void equalsPyTorch(String fixture, Layout layout, int microBatch, Recompute recompute) throws Exception {
        GoldenRun golden = new GoldenRun(fixture, folder);
        Path run = folder.resolve("run");
        OptionalInt unset = OptionalInt.empty();
        PretrainRequest request = new PretrainRequest(
                run.toString(),
                golden.settings().get("data.train"),
                Optional.empty(),
                Optional.of(golden.settings().get("train.init-from")),
                new ModelRequest(unset, unset, unset, unset, unset, unset),
                layout,
                new TrainingConfig(
                        GoldenRun.STEPS,
                        microBatch,
                        3,
                        1,
                        new AdamConfig(0.9, 0.999, 1e-8, 0.01, 1),
                        new Schedule(3e-3, 3e-4, 4, Schedule.Decay.COSINE, GoldenRun.STEPS),
                        BatchRamp.NONE,
                        0,
                        recompute),
                new DeviceConfig(DeviceConfig.Kind.HOST, 1),
                0,
                0,
                0,
                0,
                SaveInBackground.FALSE,
                0,
                RetryPolicy.NONE,
                "{}");
        Pretrain.run(request, new ThreadRanks(Duration.ofSeconds(60)), new Configuration(), StopRule.NEVER, line -> {});
        golden.check(run);
    }
}
