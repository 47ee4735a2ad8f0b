package io.sparktron.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.convert.Convert;
import io.sparktron.convert.ConvertRequest;
import io.sparktron.convert.Format;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.ModelParameters;
import io.sparktron.parallel.Box;
import io.sparktron.run.StepMetrics;
import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.SampleWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;

/** A golden fixture as the files that {@code pretrain} takes, and what it must make of them. */
public final class GoldenRun {
    /** Optimizer steps of the trace. */
    public static final int STEPS = 20;

    private static final String TOKENIZER = "golden";
    private static final Configuration HADOOP = new Configuration();
    private static final double TRACE = 5e-6;
    private static final double FINAL_WEIGHTS = 5e-4;

    private final GoldenFixture golden;
    private final ModelConfig config;
    private final Path data;
    private final Path start;

    /**
     * Writes the trace's tokens as a dataset of 60 samples, unless the fixture has one, and converts the weights to a checkpoint.
     *
     * @param fixture such as {@code gpt2}
     */
    public GoldenRun(String fixture, Path folder) throws IOException {
        this.golden = new GoldenFixture(fixture);
        this.config = golden.config();
        this.start = folder.resolve("start");
        Path given = GoldenFixture.path(fixture);
        boolean hasTokens = Files.exists(given.resolve("tokens"));
        this.data = hasTokens ? given.resolve("tokens") : folder.resolve("tokens");
        if (!hasTokens) {
            writeTokens();
        }
        ConvertRequest convert = new ConvertRequest(
                given.toString(),
                start.toString(),
                Optional.of(Format.SPARKTRON),
                Optional.of(hasTokens ? "syllables" : TOKENIZER),
                OptionalInt.empty());
        Convert.run(convert, HADOOP, line -> {});
    }

    /** The settings of the trace, without layout and run folder. */
    public Map<String, String> settings() {
        return Map.ofEntries(
                Map.entry("data.train", data.toString()),
                Map.entry("train.init-from", start.toString()),
                Map.entry("model.dropout", "0"),
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
        ModelParameters.buckets(config, 1, 1).stream().flatMap(List::stream).forEach(spec -> {
            float[] expected = golden.box("final.", spec.name(), spec.global(), Box.whole(spec.global()));
            float[] ours = CheckpointWeights.load(checkpoint, spec);
            boolean fusedBias = spec.name().endsWith("query_key_value.bias");
            double largest = 0;
            double distance = 0;
            for (int i = 0; i < ours.length; i++) {
                if (!fusedBias || i * 3 / ours.length != 1) { // not the key biases: their gradient is zero in theory
                    largest = Math.max(largest, Math.abs(expected[i]));
                    distance = Math.max(distance, Math.abs(ours[i] - (double) expected[i]));
                }
            }
            assertThat(distance / largest).as(spec.name()).isLessThan(FINAL_WEIGHTS);
        });
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
                            new Manifest.Vocabulary(TOKENIZER, config.vocabulary(), config.vocabulary() - 1),
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
