package io.sparktron.convert;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.checkpoint.CheckpointMetadata.Tokenizer;
import io.sparktron.checkpoint.Safetensors;
import io.sparktron.golden.CheckpointWeights;
import io.sparktron.golden.GoldenFixture;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.ModelParameters;
import io.sparktron.parallel.Box;
import io.sparktron.parallel.ParameterSpec;
import io.sparktron.tokenizer.ByteAlphabet;
import io.sparktron.tokenizer.Gpt2Tokenizer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that PyTorch and transformers wrote become checkpoints, value for value. */
class ImportTest {
    private static final Configuration HADOOP = new Configuration();
    private static final String WEIGHTS = "model.safetensors";

    @TempDir
    private Path folder;

    private final List<String> said = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "even/gpt2", "prime/gpt2", "twelve/gpt2"})
    void everyArrayIsTheFixtures(String fixture) throws IOException {
        GoldenFixture golden = new GoldenFixture(fixture);
        ModelConfig config = golden.config();
        Checkpoint checkpoint = convert(GoldenFixture.path(fixture), Optional.of("some"));
        assertThat(checkpoint.metadata().model()).isEqualTo(config.withSequence(config.positions()));
        assertThat(checkpoint.metadata().step()).isZero();
        assertThat(checkpoint.metadata().tokenizer())
                .isEqualTo(new Tokenizer("some", config.vocabulary(), config.vocabulary() - 1));
        requireWeights(checkpoint, golden);
    }

    @ParameterizedTest
    @ValueSource(strings = {"half/f16", "half/bf16"})
    void everySixteenBitValueIsWhatPyTorchMakesOfIt(String fixture) throws IOException {
        Path given = GoldenFixture.path(fixture);
        Checkpoint checkpoint = convert(given, Optional.of("some"));
        Path file = given.resolve("expected.safetensors");
        Map<String, Safetensors.Entry> expected =
                Safetensors.entries(new org.apache.hadoop.fs.Path(file.toUri()), HADOOP);
        List<HuggingFaceTensor> tensors = HuggingFaceTensor.all(
                        checkpoint.metadata().model())
                .stream()
                .flatMap(List::stream)
                .toList();
        assertThat(expected).hasSize(tensors.size());
        for (HuggingFaceTensor tensor : tensors) {
            float[] theirs = read(file, expected.get(tensor.name()));
            assertThat(CheckpointWeights.load(checkpoint, tensor.spec()))
                    .as(tensor.name())
                    .isEqualTo(tensor.transposed() ? transposed(theirs, tensor) : theirs);
        }
    }

    /** The base model's file has no prefix; older files carry the causal masks, and the output embedding beside the input's. */
    @Test
    void takesTheOlderNames() throws IOException {
        ForeignModel model = new ForeignModel("gpt2", folder.resolve("old"));
        model.header(WEIGHTS, header -> {
            ObjectNode old = header.deepCopy();
            header.removeAll();
            old.properties().forEach(field -> header.set(field.getKey().replace("transformer.", ""), field.getValue()));
            header.set("h.0.attn.bias", header.get("wpe.weight"));
            header.set("h.2.attn.masked_bias", header.get("ln_f.bias"));
        });
        model.copyTensor(WEIGHTS, "wte.weight", "lm_head.weight");
        requireWeights(convert(model.path(), Optional.of("some")), new GoldenFixture("gpt2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gelu_pytorch_tanh", "gelu_fast"})
    void takesTheSameActivationUnderOtherNames(String name) throws IOException {
        ForeignModel model = new ForeignModel("half/f16", folder.resolve("model"));
        model.set("config.json", "activation_function", ForeignModel.JSON.valueToTree(name));
        model.set("config.json", "n_inner", ForeignModel.JSON.valueToTree(4 * 8));
        assertThat(convert(model.path(), Optional.of("some")).tensors()).hasSize(16);
    }

    @Test
    void recognisesGpt2ByItsNumbersOrItsTokens() throws IOException {
        ForeignModel model = gpt2(folder.resolve("gpt2"));
        assertThat(convert(model.path(), Optional.empty()).metadata().tokenizer())
                .isEqualTo(new Tokenizer("gpt2", 50257, 50256));
        assertThat(said).anySatisfy(line -> assertThat(line).contains("gpt2, by its number of ids"));
        said.clear();

        Files.write(model.file("vocab.json"), gpt2Tokens());
        Files.writeString(model.file("merges.txt"), "#version: 0.2\n");
        Path output = folder.resolve("with tokens");
        assertThat(convert(model.path(), output, Optional.empty()).metadata().tokenizer())
                .isEqualTo(new Tokenizer("gpt2", 50257, 50256));
        assertThat(said).anySatisfy(line -> assertThat(line).contains("gpt2, by its tokens"));
        assertThat(output.resolve("vocab.json")).hasBinaryContent(gpt2Tokens());
        assertThat(output.resolve("merges.txt")).exists();
    }

    @Test
    void takesTheEndOfTextThatItIsGiven() throws IOException {
        ConvertRequest request = new ConvertRequest(
                GoldenFixture.path("half/f16").toString(),
                folder.resolve("out").toString(),
                Optional.empty(),
                Optional.of("thirteen"),
                OptionalInt.of(3));
        Convert.run(request, HADOOP, said::add);
        assertThat(Checkpoint.open(folder.resolve("out").toString(), HADOOP)
                        .metadata()
                        .tokenizer())
                .isEqualTo(new Tokenizer("thirteen", 13, 3));
    }

    /** Writes into an empty folder, and nothing but shards and manifest. */
    @Test
    void leavesNothingButTheCheckpoint() throws IOException {
        Path output = Files.createDirectory(folder.resolve("empty"));
        convert(GoldenFixture.path("twelve/gpt2"), output, Optional.of("some"));
        try (Stream<Path> files = Files.list(output)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "manifest.json",
                            "weights-00000.safetensors",
                            "weights-00001.safetensors",
                            "weights-00002.safetensors",
                            "weights-00003.safetensors");
        }
    }

    private Checkpoint convert(Path input, Optional<String> tokenizer) throws IOException {
        return convert(input, folder.resolve("out"), tokenizer);
    }

    private Checkpoint convert(Path input, Path output, Optional<String> tokenizer) throws IOException {
        Convert.run(
                new ConvertRequest(
                        input.toString(), output.toString(), Optional.empty(), tokenizer, OptionalInt.empty()),
                HADOOP,
                said::add);
        return Checkpoint.open(output.toString(), HADOOP);
    }

    /** The tiny model with GPT-2's vocabulary: its embedding of zeros. */
    static ForeignModel gpt2(Path folder) throws IOException {
        ForeignModel model = new ForeignModel("half/f16", folder);
        model.set("config.json", "vocab_size", ForeignModel.JSON.valueToTree(50257));
        model.set("config.json", "eos_token_id", ForeignModel.JSON.valueToTree(50256));
        long end = Files.size(model.file(WEIGHTS));
        int bytes = 50257 * 8 * Short.BYTES;
        long[] data = new long[1];
        model.header(WEIGHTS, header -> {
            for (var entry : header.properties()) {
                data[0] = Math.max(
                        data[0], entry.getValue().path("data_offsets").path(1).asLong());
            }
            ObjectNode entry = (ObjectNode) header.get("transformer.wte.weight");
            entry.putArray("shape").add(50257).add(8);
            entry.putArray("data_offsets").add(data[0]).add(data[0] + bytes);
        });
        try (RandomAccessFile file = new RandomAccessFile(model.file(WEIGHTS).toFile(), "rw")) {
            file.setLength(file.length() + bytes);
        }
        assertThat(Files.size(model.file(WEIGHTS))).isGreaterThan(end);
        return model;
    }

    static byte[] gpt2Tokens() throws IOException {
        Gpt2Tokenizer gpt2 = Gpt2Tokenizer.get();
        ObjectNode tokens = ForeignModel.JSON.createObjectNode();
        for (int id = 0; id < gpt2.vocabulary(); id++) {
            tokens.put(ByteAlphabet.spell(gpt2.bytes(id)), id);
        }
        return ForeignModel.JSON.writeValueAsBytes(tokens);
    }

    private static void requireWeights(Checkpoint checkpoint, GoldenFixture golden) {
        for (List<ParameterSpec> bucket : ModelParameters.buckets(golden.config(), 1, 1)) {
            for (ParameterSpec spec : bucket) {
                assertThat(CheckpointWeights.load(checkpoint, spec))
                        .as(spec.name())
                        .isEqualTo(golden.box("model.", spec.name(), spec.global(), Box.whole(spec.global())));
            }
        }
    }

    private static float[] read(Path file, Safetensors.Entry entry) throws IOException {
        float[] values = new float[(int) entry.shape().elements()];
        ByteBuffer.wrap(Files.readAllBytes(file), (int) entry.offset(), (int) entry.bytes())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return values;
    }

    private static float[] transposed(float[] theirs, HuggingFaceTensor tensor) {
        int in = (int) tensor.shape().extent(0);
        int out = (int) tensor.shape().extent(1);
        float[] ours = new float[theirs.length];
        for (int i = 0; i < in; i++) {
            for (int o = 0; o < out; o++) {
                ours[o * in + i] = theirs[i * out + o];
            }
        }
        return ours;
    }
}
