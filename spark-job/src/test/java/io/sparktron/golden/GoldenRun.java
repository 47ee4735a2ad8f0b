package io.sparktron.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.checkpoint.CheckpointMetadata;
import io.sparktron.checkpoint.HuggingFaceGpt2;
import io.sparktron.checkpoint.NamedTensor;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.model.GptConfig;
import io.sparktron.model.GptParameters;
import io.sparktron.parallel.Box;
import io.sparktron.parallel.ParameterSpec;
import io.sparktron.run.StepMetrics;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.SampleWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/** A golden fixture as the files that {@code pretrain} takes, and what it must make of them. */
public final class GoldenRun {
    /** Optimizer steps of the trace. */
    public static final int STEPS = 20;

    private static final Configuration HADOOP = new Configuration();
    private static final double TRACE = 5e-6;
    private static final double FINAL_WEIGHTS = 5e-4;

    private final GoldenFixture golden;
    private final GptConfig config;
    private final Path data;
    private final Path start;

    /**
     * Writes the trace's tokens as a dataset of 60 samples, and the weights as a checkpoint.
     *
     * @param fixture such as {@code gpt2}
     */
    public GoldenRun(String fixture, Path folder) throws IOException {
        this.golden = new GoldenFixture(fixture);
        this.config = golden.config();
        this.data = folder.resolve("tokens");
        this.start = folder.resolve("start");
        writeTokens();
        Path huggingFace = Files.createDirectories(folder.resolve("hugging-face"));
        for (String file : List.of("config.json", "model.safetensors")) {
            try (InputStream in = GoldenRun.class.getResourceAsStream("/golden/" + fixture + "/" + file)) {
                Files.write(huggingFace.resolve(file), in.readAllBytes());
            }
        }
        HuggingFaceGpt2.importCheckpoint(
                huggingFace.toString(),
                start.toString(),
                config.sequence(),
                new CheckpointMetadata.Tokenizer("golden", config.vocabulary(), config.vocabulary() - 1),
                HADOOP);
    }

    /** The settings of the trace, without layout and run folder. */
    public Map<String, String> settings() {
        return Map.ofEntries(
                Map.entry("data.train", data.toString()),
                Map.entry("train.init-from", start.toString()),
                Map.entry("train.steps", Integer.toString(STEPS)),
                Map.entry("train.micro-batch", "1"),
                Map.entry("train.global-batch", "3"),
                Map.entry("train.clip", "1.0"),
                Map.entry("train.weight-decay", "0.01"),
                Map.entry("train.lr.peak", "3e-3"),
                Map.entry("train.lr.min", "3e-4"),
                Map.entry("train.lr.warmup-steps", "4"));
    }

    /** Holds a finished run against the trace and the final weights. */
    public void check(Path run) throws IOException {
        List<StepMetrics> metrics = Files.readAllLines(run.resolve("metrics.jsonl")).stream()
                .map(StepMetrics::parse)
                .toList();
        assertThat(metrics).hasSize(STEPS);
        for (JsonNode expected : golden.trace().get("steps")) {
            StepMetrics step = metrics.get(expected.get("step").asInt() - 1);
            assertThat(step.lr()).isEqualTo(expected.get("lr").asDouble());
            assertRelative(
                    "loss of step " + step.step(),
                    step.loss(),
                    expected.get("loss").asDouble());
            assertRelative(
                    "norm of step " + step.step(),
                    step.gradNorm(),
                    expected.get("grad_norm").asDouble());
        }
        checkWeights(Checkpoint.open(run.toString(), HADOOP));
    }

    private void checkWeights(Checkpoint checkpoint) {
        try (HostDevice device = new HostDevice(1)) {
            Queue queue = device.newQueue("check");
            GptParameters.buckets(config, 1, 1).stream().flatMap(List::stream).forEach(spec -> {
                float[] expected = golden.box("final.", spec.name(), spec.global(), Box.whole(spec.global()));
                float[] ours = load(checkpoint, spec, queue);
                boolean fusedBias = spec.name().endsWith("query_key_value.bias");
                double largest = 0;
                double distance = 0;
                for (int i = 0; i < ours.length; i++) {
                    if (!fusedBias
                            || i * 3 / ours.length != 1) { // not the key biases: their gradient is zero in theory
                        largest = Math.max(largest, Math.abs(expected[i]));
                        distance = Math.max(distance, Math.abs(ours[i] - (double) expected[i]));
                    }
                }
                assertThat(distance / largest).as(spec.name()).isLessThan(FINAL_WEIGHTS);
            });
        }
    }

    private static float[] load(Checkpoint checkpoint, ParameterSpec spec, Queue queue) {
        long bytes = spec.global().elements() * DType.FLOAT32.bytes();
        try (HostMemory memory = HostMemory.allocate(spec.name(), bytes)) {
            Tensor tensor = new Tensor(memory, 0, DType.FLOAT32, spec.global());
            checkpoint.load(
                    List.of(new NamedTensor(spec.name(), spec.global(), Box.whole(spec.global()), tensor, true)),
                    queue);
            ByteBuffer read = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
            queue.read(tensor, read);
            float[] values = new float[(int) spec.global().elements()];
            FloatBuffer floats = read.asFloatBuffer();
            floats.get(values);
            return values;
        }
    }

    private void writeTokens() throws IOException {
        var folder = new org.apache.hadoop.fs.Path(data.toUri());
        int samples = STEPS * golden.samples();
        String name = "part-00000.parquet";
        try (SampleWriter writer = new SampleWriter(folder, name, name, 0, config.sequence(), HADOOP)) {
            ByteBuffer tokens = golden.traceTokens(0, samples);
            for (int sample = 0; sample < samples; sample++) {
                int[] ids = new int[config.sequence() + 1];
                tokens.asIntBuffer().position(sample * ids.length).get(ids);
                writer.write(ids);
            }
            new Manifest(
                            "gpt",
                            config.sequence(),
                            samples,
                            new Manifest.Vocabulary("golden", config.vocabulary(), config.vocabulary() - 1),
                            List.of(writer.finish()),
                            null,
                            Map.of())
                    .write(folder, HADOOP);
        }
    }

    private static void assertRelative(String what, double ours, double expected) {
        assertThat(Math.abs(ours - expected) / expected).as(what).isLessThan(TRACE);
    }
}
