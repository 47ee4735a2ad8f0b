package io.sparktron.pretrain;

import io.sparktron.kernels.LossScaling;
import io.sparktron.model.ModelRequest;
import io.sparktron.model.Recompute;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Layout;
import io.sparktron.random.Philox;
import io.sparktron.rank.RankLauncher;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.run.StepMetrics;
import io.sparktron.storage.Storage;
import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.SampleWriter;
import io.sparktron.train.BatchRamp;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Precision;
import io.sparktron.train.TrainingConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;

/** Small datasets and runs on threads of this process. */
public final class SmallRuns {
    static final int SEQUENCE = 13;
    static final int SAMPLES = 61;
    static final int GLOBAL_BATCH = 4;
    static final Configuration HADOOP = new Configuration();

    /** A name that tokenizers know; the ids stay below 67. */
    private static final Manifest.Vocabulary VOCABULARY = new Manifest.Vocabulary("gpt2", 67, 66);

    private final String folder;
    private final Configuration hadoop;
    private final List<String> progress = new ArrayList<>();

    public SmallRuns(Path folder) {
        this(folder.toString(), HADOOP);
    }

    /** On any file system. */
    SmallRuns(String folder, Configuration hadoop) {
        this.folder = folder;
        this.hadoop = hadoop;
    }

    /** Lines that the last run showed. */
    List<String> progress() {
        return progress;
    }

    /** A dataset of skewed random tokens, written once under its name. */
    public String dataset(String name, long seed) {
        return dataset(name, seed, SEQUENCE);
    }

    /** A dataset of samples of another length. */
    String dataset(String name, long seed, int sequence) {
        var path = new org.apache.hadoop.fs.Path(folder(name));
        try {
            if (!Manifest.existsIn(path, hadoop)) {
                write(path, seed, sequence);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return folder(name);
    }

    private void write(org.apache.hadoop.fs.Path path, long seed, int sequence) throws IOException {
        try (SampleWriter writer =
                new SampleWriter(path, "part-00000.parquet", "part-00000.parquet", 0, sequence, hadoop)) {
            int[] block = new int[Philox.WORDS];
            for (long sample = 0; sample < SAMPLES; sample++) {
                int[] ids = new int[sequence + 1];
                for (int i = 0; i < ids.length; i++) {
                    Philox.block(seed, sample * ids.length + i, 0, block);
                    int id = Math.floorMod(block[0], VOCABULARY.vocabulary());
                    ids[i] = id * id / VOCABULARY.vocabulary();
                }
                writer.write(ids);
            }
            new Manifest("gpt", sequence, SAMPLES, VOCABULARY, List.of(writer.finish()), null, Map.of())
                    .write(path, hadoop);
        }
    }

    String folder(String run) {
        return folder + "/" + run;
    }

    /** A request for a run of 10 steps that tests change where they need to. */
    Request request(String run) {
        return new Request(run);
    }

    /** The metrics of a run, from its folder. */
    List<StepMetrics> metrics(String run) {
        try {
            byte[] lines = Storage.read(new org.apache.hadoop.fs.Path(folder(run), "metrics.jsonl"), hadoop);
            return new String(lines, StandardCharsets.UTF_8)
                    .lines()
                    .map(StepMetrics::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Double> losses(String run) {
        return metrics(run).stream().map(StepMetrics::loss).toList();
    }

    /** A request under construction. */
    final class Request {
        private final String run;
        private Layout layout = new Layout(1, 1);
        private int microBatch = 2;
        private int globalBatch = GLOBAL_BATCH;
        private BatchRamp batchRamp = BatchRamp.NONE;
        private double dropout = 0;
        private Recompute recompute = Recompute.NONE;
        private long steps = 10;
        private long seed = 5;
        private int heads = 4;
        private int checkpointEvery = 0;
        private int checkpointKeep = 0;
        private String validation = null;
        private int validateEvery = 0;
        private double peak = 3e-3;
        private Precision precision = Precision.FP32;
        private LossScaling lossScaling = LossScaling.NONE;
        private String data = dataset("train", 11);
        private Optional<String> initFrom = Optional.empty();
        private boolean model = true;
        private int threads = 1;
        private DeviceConfig.Kind kind = DeviceConfig.Kind.HOST;
        private OptionalInt positions = OptionalInt.empty();
        private int validateBatches = 2;
        private SaveInBackground saveInBackground = SaveInBackground.FALSE;
        private int checkReplicasEvery = 1;
        private RetryPolicy retries = RetryPolicy.NONE;

        private Request(String run) {
            this.run = run;
        }

        Request layout(int tensor, int data) {
            return layout(new Layout(tensor, data));
        }

        Request layout(Layout other) {
            layout = other;
            return this;
        }

        Request microBatch(int samples) {
            microBatch = samples;
            return this;
        }

        Request globalBatch(int samples) {
            globalBatch = samples;
            return this;
        }

        Request ramp(BatchRamp of) {
            batchRamp = of;
            return this;
        }

        Request dropout(double probability) {
            dropout = probability;
            return this;
        }

        Request recompute(Recompute mode) {
            recompute = mode;
            return this;
        }

        Request steps(long count) {
            steps = count;
            return this;
        }

        Request precision(Precision in, LossScaling scaling) {
            precision = in;
            lossScaling = scaling;
            return this;
        }

        Request seed(long value) {
            seed = value;
            return this;
        }

        Request heads(int count) {
            heads = count;
            return this;
        }

        Request checkpointEvery(int count) {
            checkpointEvery = count;
            return this;
        }

        Request checkpointKeep(int count) {
            checkpointKeep = count;
            return this;
        }

        /** In place of the one that there is otherwise. */
        Request validation(String path) {
            validation = path;
            return this;
        }

        Request validateEvery(int count) {
            validateEvery = count;
            return this;
        }

        Request peak(double rate) {
            peak = rate;
            return this;
        }

        Request validateBatches(int count) {
            validateBatches = count;
            return this;
        }

        Request positions(int count) {
            positions = given(count);
            return this;
        }

        Request threads(int count) {
            threads = count;
            return this;
        }

        Request onGpus() {
            kind = DeviceConfig.Kind.CUDA;
            return this;
        }

        Request data(String path) {
            data = path;
            return this;
        }

        Request initFrom(String path) {
            initFrom = Optional.of(path);
            return this;
        }

        Request inBackground() {
            return saveInBackground(SaveInBackground.TRUE);
        }

        Request saveInBackground(SaveInBackground when) {
            saveInBackground = when;
            return this;
        }

        Request checkReplicasEvery(int count) {
            checkReplicasEvery = count;
            return this;
        }

        Request retries(int count) {
            return retries(count, Duration.ZERO);
        }

        Request retries(int count, Duration firstWait) {
            retries = new RetryPolicy(count, firstWait);
            return this;
        }

        /** Leaves model.* to the checkpoint that training starts from. */
        Request withoutModel() {
            model = false;
            return this;
        }

        void run() {
            run(new ThreadRanks(Duration.ofSeconds(60)));
        }

        void run(RankLauncher launcher) {
            run(launcher, StopRule.NEVER);
        }

        /** Whether the run is finished. */
        boolean run(StopRule stop) {
            return run(new ThreadRanks(Duration.ofSeconds(60)), stop);
        }

        /** Whether the run is finished. */
        boolean run(RankLauncher launcher, StopRule stop) {
            progress.clear();
            try {
                return Pretrain.run(build(), launcher, hadoop, stop, progress::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        PretrainRequest build() {
            return new PretrainRequest(
                    folder(run),
                    data,
                    validateEvery > 0
                            ? Optional.of(validation == null ? dataset("validation", 12) : validation)
                            : Optional.empty(),
                    initFrom,
                    model
                            ? new ModelRequest(given(2), given(40), given(heads), none(), positions, none())
                            : new ModelRequest(none(), none(), none(), none(), none(), none()),
                    layout,
                    new TrainingConfig(
                            steps,
                            microBatch,
                            globalBatch,
                            seed,
                            new AdamConfig(0.9, 0.999, 1e-8, 0.01, 1.0),
                            new Schedule(peak, 0, 2, Schedule.Decay.COSINE, 20),
                            batchRamp,
                            dropout,
                            recompute,
                            precision,
                            lossScaling),
                    new DeviceConfig(kind, threads),
                    validateEvery,
                    validateBatches,
                    checkpointEvery,
                    checkpointKeep,
                    saveInBackground,
                    checkReplicasEvery,
                    retries,
                    "{\"a\": 1}");
        }

        private static OptionalInt given(int value) {
            return OptionalInt.of(value);
        }

        private static OptionalInt none() {
            return OptionalInt.empty();
        }
    }
}
