package io.sparktron.preflight;

import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Layout;
import io.sparktron.pretrain.Pretrain;
import io.sparktron.pretrain.PretrainRequest;
import io.sparktron.pretrain.RetryPolicy;
import io.sparktron.pretrain.SaveInBackground;
import io.sparktron.pretrain.StopRule;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.SampleWriter;
import io.sparktron.train.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/** A folder with a dataset and a run of two steps, for tests to spoil. */
final class SmallRun {
    static final Configuration HADOOP = new Configuration();
    private static final int SEQUENCE = 8;
    private static final int SAMPLES = 20;
    private static final String FILE = "part-00000.parquet";

    private final Path folder;

    /** Of which the dataset is written. */
    SmallRun(Path folder) throws IOException {
        this.folder = folder;
        var path = new org.apache.hadoop.fs.Path(tokens().toUri());
        try (SampleWriter writer = new SampleWriter(path, FILE, FILE, 0, SEQUENCE, HADOOP)) {
            for (int sample = 0; sample < SAMPLES; sample++) {
                int[] ids = new int[SEQUENCE + 1];
                Arrays.fill(ids, sample);
                writer.write(ids);
            }
            describe(new Manifest.Vocabulary("gpt2", 67, 66), List.of(writer.finish()));
        }
    }

    /** Writes another manifest to the same file of samples. */
    void describe(Manifest.Vocabulary vocabulary, List<Manifest.DataFile> files) throws IOException {
        new Manifest("gpt", SEQUENCE, SAMPLES, vocabulary, files, null, Map.of())
                .write(new org.apache.hadoop.fs.Path(tokens().toUri()), HADOOP);
    }

    Path tokens() {
        return folder.resolve("tokens");
    }

    Path samples() {
        return tokens().resolve(FILE);
    }

    Path run() {
        return folder.resolve("run");
    }

    /** The one shard of the newest checkpoint. */
    Path shard() throws IOException {
        try (Stream<Path> files = Files.walk(run().resolve("checkpoints"))) {
            return files.filter(file -> file.toString().endsWith(".safetensors"))
                    .max(Path::compareTo)
                    .orElseThrow();
        }
    }

    PretrainRequest request(long steps) {
        return request(run().toString(), steps);
    }

    /** In any folder. */
    PretrainRequest request(String folder, long steps) {
        return new PretrainRequest(
                folder,
                tokens().toString(),
                Optional.empty(),
                Optional.empty(),
                Situations.model(1, 16, 2),
                new Layout(1, 1),
                new TrainingConfig(
                        steps,
                        2,
                        2,
                        5,
                        new AdamConfig(0.9, 0.999, 1e-8, 0.01, 1.0),
                        new Schedule(1e-3, 0, 0, Schedule.Decay.CONSTANT, 2)),
                Situations.ONE_THREAD,
                0,
                1,
                0,
                3,
                SaveInBackground.FALSE,
                0,
                RetryPolicy.NONE,
                "{}");
    }

    void train() throws IOException {
        Pretrain.run(request(2), new ThreadRanks(Duration.ofSeconds(60)), HADOOP, StopRule.NEVER, line -> {});
    }
}
