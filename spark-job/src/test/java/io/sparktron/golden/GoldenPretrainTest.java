package io.sparktron.golden;

import io.sparktron.model.ModelRequest;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Layout;
import io.sparktron.pretrain.Pretrain;
import io.sparktron.pretrain.PretrainRequest;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.TrainingConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The golden trace through all of {@code pretrain}: imported weights, a dataset on disk, the metrics and the last checkpoint. */
@Timeout(120)
class GoldenPretrainTest {
    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}, tensor {1} x data {2}")
    @CsvSource({"gpt2, 3, 1", "gpt2, 2, 3", "even/gpt2, 4, 1", "even/gpt2, 1, 3"})
    void equalsPyTorch(String fixture, int tensor, int data) throws Exception {
        GoldenRun golden = new GoldenRun(fixture, folder);
        Path run = folder.resolve("run");
        OptionalInt unset = OptionalInt.empty();
        PretrainRequest request = new PretrainRequest(
                run.toString(),
                golden.settings().get("data.train"),
                Optional.empty(),
                Optional.of(golden.settings().get("train.init-from")),
                new ModelRequest(unset, unset, unset, unset, unset, unset),
                new Layout(tensor, data),
                new TrainingConfig(
                        GoldenRun.STEPS,
                        1,
                        3,
                        1,
                        new AdamConfig(0.9, 0.999, 1e-8, 0.01, 1),
                        new Schedule(3e-3, 3e-4, 4, Schedule.Decay.COSINE, GoldenRun.STEPS)),
                new DeviceConfig(DeviceConfig.Kind.HOST, 1),
                0,
                0,
                0,
                0,
                "{}");
        Pretrain.run(request, new ThreadRanks(Duration.ofSeconds(60)), new Configuration(), line -> {});
        golden.check(run);
    }
}
