package io.sparktron.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparktron.checkpoint.CheckpointMetadata.Tokenizer;
import io.sparktron.golden.GoldenFixture;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.model.GptConfig;
import io.sparktron.model.GptParameters;
import io.sparktron.parallel.Box;
import io.sparktron.parallel.ParameterSpec;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HuggingFaceGpt2Test {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SOME_TENSOR = "transformer.h.1.mlp.c_fc.weight";

    @TempDir
    private Path folder;

    private Path huggingFace;
    private Path run;

    @BeforeEach
    void copyFixture() throws IOException {
        copyFixture("gpt2");
    }

    private void copyFixture(String fixture) throws IOException {
        huggingFace = Files.createDirectories(folder.resolve(fixture));
        run = folder.resolve(fixture + "-run");
        for (String file : List.of("config.json", "model.safetensors")) {
            try (InputStream in = getClass().getResourceAsStream("/golden/" + fixture + "/" + file)) {
                Files.write(huggingFace.resolve(file), in.readAllBytes());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "even/gpt2"})
    void everyArrayIsTheFixtures(String fixture) throws IOException {
        copyFixture(fixture);
        GoldenFixture golden = new GoldenFixture(fixture);
        GptConfig config = golden.config();

        importModel(config.sequence(), config.vocabulary());

        Checkpoint checkpoint = Checkpoint.open(run.toString(), SavedRuns.HADOOP);
        assertThat(checkpoint.metadata().model()).isEqualTo(config);
        assertThat(checkpoint.metadata().step()).isZero();
        assertThat(checkpoint.metadata().tokenizer()).isEqualTo(new Tokenizer("some", config.vocabulary(), 0));
        requireWeights(checkpoint, golden);
    }

    /** The base model's file has no prefix; older files carry the causal masks, and the output embedding beside the input's. */
    @Test
    void takesTheOlderNames() throws IOException {
        rewriteHeader(header -> {
            ObjectNode old = header.deepCopy();
            header.removeAll();
            old.properties().forEach(field -> header.set(field.getKey().replace("transformer.", ""), field.getValue()));
            header.set("lm_head.weight", header.get("wte.weight"));
            header.set("h.0.attn.bias", header.get("wpe.weight"));
            header.set("h.2.attn.masked_bias", header.get("ln_f.bias"));
        });

        importModel(17, 101);

        requireWeights(Checkpoint.open(run.toString(), SavedRuns.HADOOP), new GoldenFixture("gpt2"));
    }

    @Test
    void refusesAMissingAnUnknownAndAMisshapenTensor() throws IOException {
        rewriteHeader(header -> header.set("transformer.extra", header.remove(SOME_TENSOR)));
        assertRefused("has tensors that GPT-2 has not: [transformer.extra]");

        rewriteHeader(header -> header.remove("transformer.extra"));
        assertRefused("has no tensor h.1.mlp.c_fc.weight");

        copyFixture();
        rewriteHeader(header -> ((ObjectNode) header.get(SOME_TENSOR))
                .putArray("shape")
                .add(192)
                .add(48));
        assertRefused("h.1.mlp.c_fc.weight is F32[192, 48], must be F32[48, 192]");
        assertThat(run).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "model_type, bert, gpt2",
        "activation_function, relu, gelu_new",
        "layer_norm_epsilon, 1e-6, 1.0E-5",
        "tie_word_embeddings, false, true",
        "scale_attn_weights, false, true",
        "scale_attn_by_inverse_layer_idx, true, false",
        "n_inner, 100, 192",
        "n_head, many, a number",
        "n_head, 7, does not divide",
    })
    void refusesAnotherKindOfModel(String key, String value, String legal) throws IOException {
        Path file = huggingFace.resolve("config.json");
        ObjectNode config = (ObjectNode) JSON.readTree(file.toFile());
        config.set(key, value.matches("[a-z_].*[^e]|bert") ? config.textNode(value) : JSON.readTree(value));
        Files.writeString(file, config.toString());

        assertRefused(key.equals("n_head") && value.equals("7") ? "model.heads" : key, legal);
    }

    @Test
    void refusesAnotherVocabularyAndAFolderThatIsNoModel() throws IOException {
        assertThatThrownBy(() -> importModel(17, 100)).hasMessageContaining("vocabulary of 101 ids");

        Files.writeString(huggingFace.resolve("config.json"), "{");
        assertRefused("config.json is not JSON");
        Files.delete(huggingFace.resolve("config.json"));
        assertRefused("is no Hugging Face model");
        Files.write(huggingFace.resolve("model.safetensors"), new byte[] {1, 2, 3});
        assertRefused("model.safetensors is no safetensors file");
        Files.delete(huggingFace.resolve("model.safetensors"));
        assertRefused("is no Hugging Face model");
    }

    @Test
    void overwritesNoCheckpoint() throws IOException {
        importModel(17, 101);

        assertRefused("step-00000000 is a checkpoint already");
    }

    private void importModel(int sequence, int vocabulary) throws IOException {
        HuggingFaceGpt2.importCheckpoint(
                huggingFace.toString(),
                run.toString(),
                sequence,
                new Tokenizer("some", vocabulary, 0),
                SavedRuns.HADOOP);
    }

    private void assertRefused(String... parts) {
        assertThatThrownBy(() -> importModel(17, 101))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(parts);
    }

    private static void requireWeights(Checkpoint checkpoint, GoldenFixture golden) {
        GptConfig config = golden.config();
        try (HostDevice device = new HostDevice(1)) {
            Queue queue = device.newQueue("load");
            GptParameters.buckets(config, 1, 1).stream()
                    .flatMap(List::stream)
                    .forEach(spec -> assertThat(load(checkpoint, spec, queue))
                            .as(spec.name())
                            .isEqualTo(golden.box("model.", spec.name(), spec.global(), Box.whole(spec.global()))));
        }
    }

    private static float[] load(Checkpoint checkpoint, ParameterSpec spec, Queue queue) {
        Shape shape = spec.global();
        try (HostMemory memory = HostMemory.allocate(spec.name(), shape.elements() * Float.BYTES)) {
            Tensor tensor = new Tensor(memory, 0, DType.FLOAT32, shape);
            checkpoint.load(List.of(new NamedTensor(spec.name(), shape, Box.whole(shape), tensor, false)), queue);
            ByteBuffer read = ByteBuffer.allocate((int) tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            queue.read(tensor, read);
            float[] values = new float[(int) shape.elements()];
            read.asFloatBuffer().get(values);
            return values;
        }
    }

    /** Changes the JSON header of the model's file and leaves its data where they are. */
    private void rewriteHeader(Consumer<ObjectNode> change) throws IOException {
        Path file = huggingFace.resolve("model.safetensors");
        ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) all.getLong(0);
        ObjectNode header =
                (ObjectNode) JSON.readTree(new String(all.array(), Long.BYTES, length, StandardCharsets.UTF_8));
        change.accept(header);
        byte[] json = JSON.writeValueAsBytes(header);
        int data = Long.BYTES + length;
        ByteBuffer changed = ByteBuffer.allocate(Long.BYTES + json.length + all.capacity() - data)
                .order(ByteOrder.LITTLE_ENDIAN);
        changed.putLong(json.length).put(json).put(all.array(), data, all.capacity() - data);
        Files.write(file, changed.array());
    }
}
