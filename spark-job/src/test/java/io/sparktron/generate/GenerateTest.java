package io.sparktron.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.sparktron.tokenizer.Tokenizer;
import io.sparktron.tokenizer.Tokenizers;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.SampleWriter;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.TrainingConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A model that knows one sentence by heart must say it. */
@Timeout(120)
class GenerateTest {
    private static final String SENTENCE = "The people of the United States ask for peace.";
    private static final Configuration HADOOP = new Configuration();
    private static final DeviceConfig DEVICE = new DeviceConfig(DeviceConfig.Kind.HOST, 1);

    @TempDir
    static Path folder;

    @BeforeAll
    static void learnByHeart() throws Exception {
        Tokenizer tokenizer = Tokenizers.named("gpt2");
        int[] sentence = tokenizer.encode(SENTENCE);
        int[] sample = new int[sentence.length + 2]; // end-of-text, the sentence, end-of-text
        sample[0] = tokenizer.endOfText();
        System.arraycopy(sentence, 0, sample, 1, sentence.length);
        sample[sample.length - 1] = tokenizer.endOfText();
        var data = new org.apache.hadoop.fs.Path(folder.resolve("data").toUri());
        String name = "part-00000.parquet";
        try (SampleWriter writer = new SampleWriter(data, name, name, 0, sample.length - 1, HADOOP)) {
            writer.write(sample);
            Manifest.Vocabulary vocabulary =
                    new Manifest.Vocabulary(tokenizer.name(), tokenizer.vocabulary(), tokenizer.endOfText());
            new Manifest("gpt", sample.length - 1, 1, vocabulary, List.of(writer.finish()), null, Map.of())
                    .write(data, HADOOP);
        }
        PretrainRequest request = new PretrainRequest(
                folder.resolve("run").toString(),
                data.toString(),
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
                        60,
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
        Pretrain.run(request, ranks(), HADOOP, StopRule.NEVER, line -> {});
    }

    @Test
    void greedySaysTheSentenceAndStopsAtEndOfText() {
        assertThat(generate("The people", 100, greedy(), new Layout(1, 1))).isEqualTo(SENTENCE);
        assertThat(generate("", 100, greedy(), new Layout(2, 1))).isEqualTo(SENTENCE);
    }

    @Test
    void addsNoMoreThanWasAskedFor() {
        assertThat(generate("The", 1, greedy(), new Layout(1, 1))).isEqualTo("The people");
    }

    @Test
    void aPromptLongerThanTheModelSeesIsCutOnTheLeft() {
        String prompt = SENTENCE.repeat(3) + " The people";
        assertThat(generate(prompt, 2, greedy(), new Layout(1, 1)))
                .startsWith(prompt)
                .hasSizeGreaterThan(prompt.length());
    }

    @Test
    void everyLayoutDrawsTheSameTokens() {
        Sampling hot = new Sampling(3, 50, 1, false, 9);
        String one = generate("The", 12, hot, new Layout(1, 1));
        assertThat(generate("The", 12, hot, new Layout(2, 1))).isEqualTo(one);
        assertThat(generate("The", 12, new Sampling(3, 50, 1, false, 10), new Layout(1, 1)))
                .isNotEqualTo(one);
    }

    @Test
    void refusesWhatIsNotLegal() {
        assertThatThrownBy(() -> generate("The", 0, greedy(), new Layout(1, 1)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("generate.max-tokens = 0");
        assertThatThrownBy(() -> Generate.run(
                        new GenerateRequest(
                                folder.resolve("none").toString(), "", 1, greedy(), new Layout(1, 1), DEVICE),
                        ranks(),
                        HADOOP))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("none");
    }

    /** A checkpoint may name a tokenizer whose ids are others here. */
    @Test
    void refusesATokenizerOfAnotherSize() throws Exception {
        Path copy = folder.resolve("renamed");
        var run = folder.resolve("run");
        try (var files = Files.walk(run)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = copy.resolve(run.relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
                if (to.endsWith("manifest.json")) {
                    String manifest = Files.readString(to);
                    Files.writeString(to, manifest.replaceAll("\"vocabulary\"\\s*:\\s*50257", "\"vocabulary\": 50256"));
                }
            }
        }
        GenerateRequest request = new GenerateRequest(copy.toString(), "The", 1, greedy(), new Layout(1, 1), DEVICE);
        assertThatThrownBy(() -> Generate.run(request, ranks(), HADOOP))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("50256")
                .hasMessageContaining("has 50257 ids");
    }

    private static String generate(String prompt, int tokens, Sampling sampling, Layout layout) {
        return Generate.run(
                new GenerateRequest(folder.resolve("run").toString(), prompt, tokens, sampling, layout, DEVICE),
                ranks(),
                HADOOP);
    }

    private static Sampling greedy() {
        return new Sampling(1, 0, 1, true, 1);
    }

    private static ThreadRanks ranks() {
        return new ThreadRanks(Duration.ofSeconds(60));
    }
}
