package io.sparktron.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.convert.Convert;
import io.sparktron.convert.ConvertRequest;
import io.sparktron.evaluate.Evaluate;
import io.sparktron.evaluate.EvaluateRequest;
import io.sparktron.inspect.Inspect;
import io.sparktron.inspect.InspectRequest;
import io.sparktron.model.ModelRequest;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Layout;
import io.sparktron.pretrain.Pretrain;
import io.sparktron.pretrain.PretrainRequest;
import io.sparktron.pretrain.RetryPolicy;
import io.sparktron.pretrain.SaveInBackground;
import io.sparktron.pretrain.StopRule;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.tokenizer.ByteAlphabet;
import io.sparktron.tokenizer.BytePairTokenizer;
import io.sparktron.tokenizer.BytePairVocabulary;
import io.sparktron.tokenizer.Tokenizer;
import io.sparktron.tokenizer.Tokenizers;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.SampleWriter;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A tokenizer that was trained on its corpus goes with the dataset, the checkpoint and the exported model, and each says what its ids mean. */
@Timeout(120)
class TrainedTokenizerTest {
    private static final String SENTENCE = "The people ask for peace, the \u00e9lite for calm.";
    private static final Configuration HADOOP = new Configuration();
    private static final DeviceConfig DEVICE = new DeviceConfig(DeviceConfig.Kind.HOST, 1);

    @TempDir
    static Path folder;

    private static Tokenizer tokenizer;

    @BeforeAll
    static void learnByHeart() throws Exception {
        tokenizer = new BytePairTokenizer(vocabulary());
        int[] sentence = tokenizer.encode(SENTENCE);
        int[] sample = new int[sentence.length + 2]; // end-of-text, the sentence, end-of-text
        sample[0] = tokenizer.endOfText();
        System.arraycopy(sentence, 0, sample, 1, sentence.length);
        sample[sample.length - 1] = tokenizer.endOfText();
        var data = new org.apache.hadoop.fs.Path(folder.resolve("data").toUri());
        String name = "part-00000.parquet";
        try (SampleWriter writer = new SampleWriter(data, name, name, 0, sample.length - 1, HADOOP)) {
            writer.write(sample);
            new Manifest(
                            "gpt",
                            sample.length - 1,
                            1,
                            Tokenizers.described(tokenizer),
                            List.of(writer.finish()),
                            null,
                            Map.of())
                    .write(data, HADOOP);
        }
        for (Map.Entry<String, byte[]> file : tokenizer.files().entrySet()) {
            Files.write(folder.resolve("data").resolve(file.getKey()), file.getValue());
        }
        Pretrain.run(request("run", "data"), ranks(), HADOOP, StopRule.NEVER, line -> {});
    }

    /** Bytes and the merges of a few words. */
    private static BytePairVocabulary vocabulary() throws IOException {
        StringBuilder ids = new StringBuilder("{\"<|endoftext|>\":0");
        int next = 1;
        for (int value = 0; value < 256; value++) {
            String spelled = ByteAlphabet.spell(new byte[] {(byte) value});
            ids.append(",\"")
                    .append(spelled.equals("\"") || spelled.equals("\\") ? "\\" + spelled : spelled)
                    .append("\":")
                    .append(next++);
        }
        StringBuilder merges = new StringBuilder("#version: 0.2\n");
        for (String merge : List.of("t h", "th e", "o r", "f or", "e a", "\u0120 for", "p ea")) {
            merges.append(merge).append('\n');
            ids.append(",\"").append(merge.replace(" ", "")).append("\":").append(next++);
        }
        Path files = Files.createDirectories(folder.resolve("theirs"));
        Files.writeString(files.resolve("vocab.json"), ids.append('}'));
        Files.writeString(files.resolve("merges.txt"), merges);
        return BytePairVocabulary.read(new org.apache.hadoop.fs.Path(files.toUri()), HADOOP);
    }

    private static PretrainRequest request(String run, String data) {
        return new PretrainRequest(
                folder.resolve(run).toString(),
                folder.resolve(data).toString(),
                Optional.empty(),
                Optional.empty(),
                new ModelRequest(
                        OptionalInt.of(1),
                        OptionalInt.of(20),
                        OptionalInt.of(2),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty()),
                new Layout(1, 1),
                new TrainingConfig(
                        80,
                        1,
                        1,
                        5,
                        new AdamConfig(0.9, 0.99, 1e-8, 0, 1),
                        new Schedule(3e-2, 0, 5, Schedule.Decay.CONSTANT, 0)),
                DEVICE,
                0,
                0,
                0,
                0,
                SaveInBackground.FALSE,
                0,
                RetryPolicy.NONE,
                "{}");
    }

    @Test
    void theCheckpointCarriesItAndGeneratesWithIt() {
        Checkpoint checkpoint = Checkpoint.open(folder.resolve("run").toString(), HADOOP);
        assertThat(checkpoint.metadata().tokenizer().name()).matches("bpe:[0-9a-f]{16}");
        assertThat(checkpoint.metadata().tokenizer().vocabulary()).isEqualTo(264);
        tokenizer
                .files()
                .forEach((name, content) ->
                        assertThat(checkpointFile("run", name)).hasBinaryContent(content));
        assertThat(generate("run", "The people")).isEqualTo(SENTENCE);
    }

    @Test
    void inspectDecodesItsSamples() throws IOException {
        assertThat(Inspect.run(new InspectRequest(folder.resolve("data").toString(), OptionalLong.of(0), false), HADOOP)
                        .text())
                .contains("<|endoftext|>" + SENTENCE + "<|endoftext|>");
    }

    /** Exported, and imported again, it has the same name: datasets fit the model as before. */
    @Test
    void convertCarriesItOutAndIn() throws IOException {
        convert("run", "exported");
        tokenizer
                .files()
                .forEach((name, content) ->
                        assertThat(folder.resolve("exported").resolve(name)).hasBinaryContent(content));
        convert("exported", "imported");
        assertThat(Checkpoint.open(folder.resolve("imported").toString(), HADOOP)
                        .metadata()
                        .tokenizer())
                .isEqualTo(Checkpoint.open(folder.resolve("run").toString(), HADOOP)
                        .metadata()
                        .tokenizer());
        assertThat(generate("imported", "The people")).isEqualTo(SENTENCE);
        EvaluateRequest request = new EvaluateRequest(
                folder.resolve("imported").toString(), folder.resolve("data").toString(), new Layout(1, 1), 1, DEVICE);
        assertThat(Evaluate.run(request, ranks(), HADOOP).loss()).isLessThan(0.5);
    }

    @Test
    void aDatasetWithoutItsFilesIsRefused() throws IOException {
        copy("data", "bare");
        Files.delete(folder.resolve("bare/merges.txt"));
        assertRefused(() -> pretrain("bare"), "merges.txt is missing", "its manifest names");
        Files.writeString(folder.resolve("bare/merges.txt"), "#version: 0.2\nt h\n");
        assertRefused(() -> pretrain("bare"), "merges.txt has SHA-256", "as its manifest says");
    }

    @Test
    void aManifestThatDoesNotFitItsFilesIsRefused() throws IOException {
        copy("data", "misfit");
        Path manifest = folder.resolve("misfit/manifest.json");
        String json = Files.readString(manifest);
        Files.writeString(manifest, json.replaceAll("\"endOfText\" : 0", "\"endOfText\" : 1"));
        assertRefused(() -> pretrain("misfit"), "264 ids and end-of-text 1; legal: 264 and 0");
        Files.writeString(manifest, json.replace("merges.txt", "merges2.txt"));
        assertRefused(() -> pretrain("misfit"), "names the files", "merges2.txt", "legal: [vocab.json, merges.txt]");
    }

    @Test
    void aCheckpointWithOtherFilesIsRefused() throws IOException {
        copy("run", "run2");
        Files.writeString(checkpointFile("run2", "merges.txt"), "#version: 0.2\nt h\n");
        assertRefused(() -> generate("run2", "The"), "are of bpe:", "with which it was trained");
        Files.delete(checkpointFile("run2", "vocab.json"));
        assertRefused(() -> generate("run2", "The"), "vocab.json is missing");
    }

    private static ThreadRanks ranks() {
        return new ThreadRanks(Duration.ofSeconds(60));
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String... parts) {
        assertThatThrownBy(call).isInstanceOf(InvalidInputException.class).hasMessageContainingAll(parts);
    }

    private static Path checkpointFile(String run, String name) {
        return folder.resolve(run).resolve("checkpoints/step-00000080").resolve(name);
    }

    private static void pretrain(String data) throws Exception {
        Pretrain.run(request("refused", data), ranks(), HADOOP, StopRule.NEVER, line -> {});
    }

    private static String generate(String checkpoint, String prompt) {
        return Generate.run(
                new GenerateRequest(
                        folder.resolve(checkpoint).toString(),
                        prompt,
                        100,
                        new Sampling(1, 0, 1, true, 1),
                        new Layout(1, 1),
                        DEVICE),
                ranks(),
                HADOOP);
    }

    private static void convert(String from, String to) throws IOException {
        ConvertRequest request = new ConvertRequest(
                folder.resolve(from).toString(),
                folder.resolve(to).toString(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty());
        Convert.run(request, HADOOP, line -> {});
    }

    private static void copy(String from, String to) throws IOException {
        try (var files = Files.walk(folder.resolve(from))) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().endsWith(".crc"))
                    .toList()) {
                Path target = folder.resolve(to).resolve(folder.resolve(from).relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }
}
