package io.sparktron.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.convert.Convert;
import io.sparktron.convert.ConvertRequest;
import io.sparktron.convert.ForeignModel;
import io.sparktron.golden.CheckpointWeights;
import io.sparktron.golden.GoldenFixture;
import io.sparktron.model.ModelParameters;
import io.sparktron.tokenizer.Gpt2Tokenizer;
import io.sparktron.tokenizer.WordPieceVocabulary;
import io.sparktron.tokens.BertSample;
import io.sparktron.tokens.BertSampleWriter;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.SampleWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is shown of each kind of folder, and what is refused. */
class InspectTest {
    private static final Configuration HADOOP = new Configuration();
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void decodesASample() throws IOException {
        Gpt2Tokenizer gpt2 = Gpt2Tokenizer.get();
        int[] words = gpt2.encode("Größe: the people\nof the");
        int[] ids = Arrays.copyOf(words, words.length + 1);
        ids[words.length] = gpt2.endOfText();
        Path data = dataset("gpt2", 50257, 50256, ids);

        Inspection found = inspect(data, OptionalLong.of(1), false);
        assertThat(found.text())
                .contains("token dataset file:" + data)
                .contains("family gpt, sequence " + words.length + ", 2 samples")
                .contains("sample 1: " + ids.length + " ids, end-of-text at " + words.length)
                .contains("Größe: the people\nof the<|endoftext|>\n");
        JsonNode json = JSON.readTree(found.json());
        assertThat(json.get("kind").asText()).isEqualTo("token dataset");
        assertThat(JSON.treeToValue(json.get("ids"), int[].class)).isEqualTo(ids);
        assertThat(json.get("decoded").asText()).isEqualTo("Größe: the people\nof the<|endoftext|>");

        refused(data, OptionalLong.of(2), false, "inspect.sample = 2", "legal: 0 to 1");
        refused(data, OptionalLong.empty(), true, "inspect.statistics is set", "a token dataset");
    }

    @Test
    void showsTheIdsOfATokenizerThatIsNotHere() throws IOException {
        assertThat(inspect(dataset("syllables", 97, 96, 5, 96, 7), OptionalLong.of(1), false)
                        .text())
                .contains(
                        "sample 1: 3 ids, end-of-text at 1\n5 96 7\n(not decoded: there is no tokenizer syllables here)");
        Path larger = dataset("gpt2", 50304, 50256, 50300, 1);
        assertThat(inspect(larger, OptionalLong.of(1), false).text()).contains("50300 1\n(not decoded");
    }

    @Test
    void decodesTheSegmentsOfASampleForBert() throws IOException {
        WordPieceVocabulary pieces = WordPieceVocabulary.of(
                List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "lie", "##s", "the", "dog"));
        var target = new org.apache.hadoop.fs.Path(folder.toUri());
        Manifest.DataFile file;
        try (BertSampleWriter writer = new BertSampleWriter(target, "a.parquet", "a.parquet", 0, 12, false, HADOOP)) {
            writer.write(new BertSample(new int[] {2, 5, 6, 3, 7, 8, 3}, 4, true));
            file = writer.finish();
        }
        Files.write(folder.resolve("vocab.txt"), pieces.bytes());
        Manifest.Vocabulary tokenizer = new Manifest.Vocabulary(
                "wordpiece", 9, 3, new Manifest.WordPieces(0, 2, 3, 4, true, "vocab.txt", pieces.sha256()));
        new Manifest("bert", 12, 1, tokenizer, List.of(file), null, Map.of()).write(target, HADOOP);

        Inspection found = inspect(folder, OptionalLong.empty(), false);
        assertThat(found.text())
                .contains("family bert, sequence 12, 1 samples")
                .contains("pad 0, cls 2, sep 3, mask 4, lower case, pieces in vocab.txt")
                .contains("sample 0: 7 ids, B from 4 on, swapped: B came first (class 1)\n2 5 6 3 7 8 3\n")
                .endsWith("A: lies\nB: the dog\n");
        JsonNode json = JSON.readTree(found.json());
        assertThat(json.get("tokenizer").get("vocabulary_file").asText()).isEqualTo("vocab.txt");
        assertThat(json.get("swapped").asBoolean()).isTrue();
        assertThat(json.get("second_text").asText()).isEqualTo("the dog");
        refused(folder, OptionalLong.of(1), false, "inspect.sample = 1", "legal: 0 to 0");
    }

    @Test
    void listsTheTensorsOfACheckpoint() throws IOException {
        Path checkpoint = converted("prime/gpt2", folder.resolve("checkpoint"));
        String text = inspect(checkpoint, OptionalLong.empty(), false).text();
        assertThat(text)
                .contains("after step 0")
                .contains("GPT of 2 layers, hidden size 20, 5 heads, sequence 20, 20 positions, vocabulary 101")
                .contains("tokenizer some: 101 ids, end-of-text 100")
                .contains("28 tensors of float32")
                .containsPattern(
                        "layers.1.attention.query_key_value.weight +\\[3, 5, 4, 20] +weights-00002.safetensors");
        JsonNode json =
                JSON.readTree(inspect(checkpoint, OptionalLong.empty(), true).json());
        assertThat(json.get("tensors")).hasSize(28);
        for (JsonNode tensor : json.get("tensors")) {
            if (tensor.get("name").asText().equals(ModelParameters.POSITION_EMBEDDINGS)) {
                requireValues(tensor.get("values"));
            }
        }
        refused(checkpoint, OptionalLong.of(0), false, "inspect.sample is set", "is a checkpoint");
    }

    private void requireValues(JsonNode shown) {
        var checkpoint = Checkpoint.open(folder.resolve("checkpoint").toString(), HADOOP);
        var spec = ModelParameters.buckets(checkpoint.metadata().model(), 1, 1)
                .get(0)
                .get(1);
        float[] values = CheckpointWeights.load(checkpoint, spec);
        double squares = 0;
        float[] sorted = values.clone();
        Arrays.sort(sorted);
        for (float value : values) {
            squares += (double) value * value;
        }
        assertThat(shown.get("min").floatValue()).isEqualTo(sorted[0]);
        assertThat(shown.get("max").floatValue()).isEqualTo(sorted[sorted.length - 1]);
        assertThat(shown.get("rms").doubleValue()).isEqualTo(Math.sqrt(squares / values.length));
    }

    @Test
    void refusesADamagedTensorOnlyIfItsValuesAreWanted() throws IOException {
        Path checkpoint = converted("prime/gpt2", folder.resolve("checkpoint"));
        Path shard = checkpoint.resolve("weights-00002.safetensors");
        byte[] bytes = Files.readAllBytes(shard);
        bytes[bytes.length - 1] ^= 1;
        Files.write(shard, bytes);
        assertThat(inspect(checkpoint, OptionalLong.empty(), false).text()).contains("28 tensors");
        refused(checkpoint, OptionalLong.empty(), true, shard.getFileName() + " is damaged");
    }

    @Test
    void showsARun() throws IOException {
        Path run = Files.createDirectory(folder.resolve("run"));
        converted("prime/gpt2", run.resolve("checkpoints/step-00000020"));
        assertThat(inspect(run, OptionalLong.empty(), false).text())
                .contains("no run.json", "no step made yet", "complete checkpoints: 1", "step-00000020");
        Files.writeString(run.resolve("run.json"), """
                {"parallel": {"tensor": 2, "data": 3}, "training": {"steps": 30, "microBatch": 1, "globalBatch": 6},
                 "model": {"layers": 2}, "attempts": [
                 {"attempt": "ab12", "started": "2026-01-01T00:00:00Z", "resumed_after_step": 0, "ended": "rank 1 was lost"},
                 {"attempt": "cd34", "started": "2026-01-01T00:10:00Z", "resumed_after_step": 10}]}""");
        Files.writeString(
                run.resolve("metrics.jsonl"), metrics(1, 4.5, "3.5") + metrics(2, 4.25, null) + "{\"step\": 3");
        String text = inspect(run, OptionalLong.empty(), false).text();
        assertThat(text)
                .contains("GPT of 2 layers, hidden size ?")
                .contains("tensor 2 x data 3, global batch 6, micro-batch 1")
                .contains("after step 2 of 30: loss 4.2500")
                .contains("validation loss 3.5000 after step 1")
                .contains("attempt ab12, started 2026-01-01T00:00:00Z after step 0: rank 1 was lost")
                .contains("attempt cd34, started 2026-01-01T00:10:00Z after step 10: has not ended");
        JsonNode json = JSON.readTree(inspect(run, OptionalLong.empty(), false).json());
        assertThat(json.get("last").get("loss").asDouble()).isEqualTo(4.25);
        JsonNode line = JSON.readTree(metrics(2, 4.25, null));
        line.fieldNames()
                .forEachRemaining(
                        name -> assertThat(json.get("last").get(name)).as(name).isEqualTo(line.get(name)));
        assertThat(json.get("last_validation").get("step").asLong()).isEqualTo(1);
        assertThat(json.get("steps").asLong()).isEqualTo(30);

        Files.writeString(run.resolve("run.json"), "{");
        refused(run, OptionalLong.empty(), false, "run.json of", "is not JSON");
        Files.delete(run.resolve("run.json"));
        Files.writeString(run.resolve("metrics.jsonl"), "step one\n");
        refused(run, OptionalLong.empty(), false, "holds a line that is no step's");
    }

    @Test
    void showsWhatConvertWouldRead() throws IOException {
        Inspection found = inspect(GoldenFixture.path("twelve/gpt2"), OptionalLong.empty(), false);
        assertThat(found.text())
                .contains("12 heads, sequence 24, 24 positions, vocabulary 97")
                .contains("tokenizer: convert.tokenizer is not set")
                .contains("tokenizer files: none")
                .containsPattern("transformer.h.0.attn.c_attn.weight +F32 +\\[24, 72] +model-00001-of-00004.safetensors"
                        + "  ->  layers.0.attention.query_key_value.weight");
        assertThat(JSON.readTree(found.json()).get("contents").get("tensors")).hasSize(28);

        ForeignModel broken = new ForeignModel("gpt2", folder.resolve("broken"));
        broken.set("config.json", "activation_function", JSON.valueToTree("relu"));
        refused(broken.path(), OptionalLong.empty(), false, "activation_function is \"relu\"");
        refused(
                GoldenFixture.path("gpt2"),
                OptionalLong.of(0),
                false,
                "inspect.sample is set",
                "a Hugging Face folder");
    }

    @Test
    void refusesWhatIsNothingKnown() throws IOException {
        refused(folder.resolve("nowhere"), OptionalLong.empty(), false, "nowhere does not exist");
        refused(folder, OptionalLong.empty(), false, "holds nothing known", "train and validation");
        Files.writeString(folder.resolve("manifest.json"), "{\"format\": \"other\"}");
        refused(folder, OptionalLong.empty(), false, "manifest.json");
        Files.writeString(folder.resolve("manifest.json"), "[");
        refused(folder, OptionalLong.empty(), false, "manifest.json is not JSON");
    }

    private static String metrics(long step, double loss, String validation) {
        return "{\"step\": " + step + ", \"loss\": " + loss
                + ", \"lr\": 0.001, \"grad_norm\": 1.5, \"loss_scale\": 1.0,"
                + " \"tokens\": 60, \"consumed\": " + 6 * step + ", \"step_seconds\": 0.5, \"tokens_per_second\": 120.0"
                + (validation == null ? "" : ", \"validation_loss\": " + validation) + "}\n";
    }

    /** Two samples: one of zeros and the given one. */
    private Path dataset(String tokenizer, int vocabulary, int endOfText, int... ids) throws IOException {
        Path path = folder.resolve(tokenizer + vocabulary);
        var data = new org.apache.hadoop.fs.Path(path.toUri());
        String name = "part-00000.parquet";
        Manifest.Vocabulary named = new Manifest.Vocabulary(tokenizer, vocabulary, endOfText);
        try (SampleWriter writer = new SampleWriter(data, name, name, 0, ids.length - 1, HADOOP)) {
            writer.write(new int[ids.length]);
            writer.write(ids);
            new Manifest("gpt", ids.length - 1, 2, named, List.of(writer.finish()), null, Map.of()).write(data, HADOOP);
        }
        return path;
    }

    private static Path converted(String fixture, Path output) throws IOException {
        ConvertRequest request = new ConvertRequest(
                GoldenFixture.path(fixture).toString(),
                output.toString(),
                Optional.empty(),
                Optional.of("some"),
                OptionalInt.empty());
        Convert.run(request, HADOOP, line -> {});
        return output;
    }

    private static Inspection inspect(Path path, OptionalLong sample, boolean statistics) throws IOException {
        return Inspect.run(new InspectRequest(path.toString(), sample, statistics), HADOOP);
    }

    private static void refused(Path path, OptionalLong sample, boolean statistics, String... parts) {
        assertThatThrownBy(() -> inspect(path, sample, statistics))
                .isInstanceOf(InvalidInputException.class)
                .satisfies(error -> assertThat(error.getMessage().lines()).hasSize(1))
                .hasMessageContainingAll(parts);
    }
}
