package io.sparktron.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparktron.golden.GoldenFixture;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is no model of ours is refused in one line that names the file and the thing, and nothing is left where the output would be. */
class BadModelTest {
    private static final Configuration HADOOP = new Configuration();
    private static final String WEIGHTS = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final String SOME = "transformer.h.1.mlp.c_fc.weight";

    @TempDir
    private Path folder;

    private interface Damage {
        void to(ForeignModel model) throws IOException;
    }

    static Stream<Arguments> damages() {
        List<Arguments> cases = new ArrayList<>();
        add(cases, "gpt2", "has neither model.safetensors nor", model -> Files.delete(model.file(WEIGHTS)));
        add(cases, "gpt2", "config.json is not JSON", model -> Files.writeString(model.file("config.json"), "{"));
        add(
                cases,
                "gpt2",
                "config.json holds no JSON object",
                model -> Files.writeString(model.file("config.json"), ""));
        add(cases, "gpt2", "is no safetensors file", model -> Files.write(model.file(WEIGHTS), new byte[] {1, 2, 3}));
        add(cases, "gpt2", "is no safetensors file", model -> Files.write(model.file(WEIGHTS), new byte[0]));
        add(cases, "gpt2", "bytes of data", model -> model.truncate(WEIGHTS, 1));
        add(
                cases,
                "gpt2",
                "has tensors that GPT-2 has not: extra",
                model -> model.header(WEIGHTS, header -> header.set("transformer.extra", header.get(SOME))));
        add(
                cases,
                "gpt2",
                "has no tensor h.1.mlp.c_fc.weight",
                model -> model.header(WEIGHTS, header -> header.remove(SOME)));
        add(
                cases,
                "gpt2",
                "which is " + SOME,
                model -> model.header(WEIGHTS, header -> header.set("h.1.mlp.c_fc.weight", header.get(SOME))));
        add(
                cases,
                "gpt2",
                "h.1.mlp.c_fc.weight is F32[192, 48]; legal: F32[48, 192]",
                model -> model.header(
                        WEIGHTS,
                        header -> entry(header, SOME).putArray("shape").add(192).add(48)));
        add(
                cases,
                "gpt2",
                "h.1.mlp.c_fc.weight is I32[48, 192]; legal: F32, F16 or BF16",
                model -> model.header(WEIGHTS, header -> entry(header, SOME).put("dtype", "I32")));
        add(
                cases,
                "gpt2",
                "h.1.mlp.c_fc.weight is described as",
                model -> model.header(WEIGHTS, header -> entry(header, SOME).put("dtype", "F16")));
        add(cases, "gpt2", "lm_head.weight is not equal to transformer.wte.weight", model -> {
            model.copyTensor(WEIGHTS, "transformer.wte.weight", "lm_head.weight");
            model.poke(WEIGHTS, "lm_head.weight", 4847, 0.5f);
        });
        add(
                cases,
                "gpt2",
                "lm_head.weight is F32[24, 48]; legal: F32[101, 48]",
                model -> model.copyTensor(WEIGHTS, "transformer.wpe.weight", "lm_head.weight"));
        add(
                cases,
                "gpt2",
                "element 9215 of transformer.h.1.mlp.c_fc.weight is NaN",
                model -> model.poke(WEIGHTS, SOME, 9215, Float.NaN));
        add(
                cases,
                "gpt2",
                "element 3 of transformer.ln_f.bias is -Infinity",
                model -> model.poke(WEIGHTS, "transformer.ln_f.bias", 3, Float.NEGATIVE_INFINITY));
        add(
                cases,
                "twelve/gpt2",
                "model-00002-of-00004.safetensors is missing",
                model -> Files.delete(model.file("model-00002-of-00004.safetensors")));
        add(cases, "twelve/gpt2", INDEX + " is not JSON", model -> Files.writeString(model.file(INDEX), "["));
        add(cases, "twelve/gpt2", INDEX + " has no weight_map", model -> Files.writeString(model.file(INDEX), "{}"));
        add(
                cases,
                "twelve/gpt2",
                "lies in \"../other.safetensors\"",
                model -> index(model, "transformer.wte.weight", "../other.safetensors"));
        add(
                cases,
                "twelve/gpt2",
                "lacks transformer.extra",
                model -> index(model, "transformer.extra", "model-00001-of-00004.safetensors"));
        add(
                cases,
                "twelve/gpt2",
                "says that model-00001-of-00004.safetensors does",
                model -> index(model, "transformer.wpe.weight", "model-00001-of-00004.safetensors"));
        add(cases, "twelve/gpt2", "says nothing of it", model -> index(model, "transformer.wpe.weight", null));
        add(
                cases,
                "gpt2",
                "the id of token \"a\" is 101; legal: 0 to 100",
                model -> Files.writeString(model.file("vocab.json"), "{\"a\": 101}"));
        add(cases, "gpt2", "vocab.json is not JSON", model -> Files.writeString(model.file("vocab.json"), "{\"a\": 1"));
        add(
                cases,
                "gpt2",
                "tokenizer.json: the id of token \"<new>\" is -1",
                model -> Files.writeString(
                        model.file("tokenizer.json"),
                        "{\"model\": {\"vocab\": {\"a\": 0}}, \"added_tokens\": [{\"content\": \"<new>\", \"id\": -1}]}"));
        return cases.stream();
    }

    private static void add(List<Arguments> cases, String fixture, String message, Damage damage) {
        cases.add(Arguments.of(fixture, message, damage));
    }

    private static ObjectNode entry(ObjectNode header, String tensor) {
        return (ObjectNode) header.get(tensor);
    }

    private static void index(ForeignModel model, String tensor, String file) throws IOException {
        ObjectNode root =
                (ObjectNode) ForeignModel.JSON.readTree(model.file(INDEX).toFile());
        ObjectNode map = (ObjectNode) root.get("weight_map");
        if (file == null) {
            map.remove(tensor);
        } else {
            map.put(tensor, file);
        }
        Files.writeString(model.file(INDEX), root.toString());
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("damages")
    void isRefused(String fixture, String message, Damage damage) throws IOException {
        ForeignModel model = new ForeignModel(fixture, folder.resolve("model"));
        damage.to(model);
        refused(request(model.path().toString(), Optional.of("some")), message);
    }

    @ParameterizedTest
    @CsvSource({
        "model_type, '\"bert\"', '\"gpt2\"'",
        "activation_function, '\"gelu\"', gelu_new",
        "activation_function, '\"relu\"', gelu_new",
        "layer_norm_epsilon, 1e-6, 1.0E-5",
        "layer_norm_epsilon, '\"small\"', 1.0E-5",
        "tie_word_embeddings, false, true",
        "scale_attn_weights, false, true",
        "scale_attn_by_inverse_layer_idx, true, false",
        "reorder_and_upcast_attn, true, false",
        "add_cross_attention, true, false",
        "n_inner, 100, 4 x n_embd",
        "n_head, '\"many\"', a whole number of at least 1",
        "n_head, 7, a divisor of n_embd",
        "n_head, 0, a whole number of at least 1",
        "n_layer, 2000000000, 'config.json: model.layers = 2000000000'",
        "n_layer, 90000, as there are tensors of so many layers",
        "n_layer, 2, as there are tensors of so many layers",
        "n_embd, 96, a divisor",
        "n_positions, 1.5, a whole number of at least 1",
        "vocab_size, 102, 'F32[102, 48]'",
        "vocab_size, null, a whole number of at least 1",
        "eos_token_id, 101, must be from 0 to 100",
        "eos_token_id, null, convert.end-of-text is not set",
        "eos_token_id, '[1]', a token id",
        "quantization_config, '{\"bits\": 4}', absent",
    })
    void refusesAnotherKindOfModel(String key, String value, String legal) throws IOException {
        ForeignModel model = new ForeignModel("gpt2", folder.resolve("model"));
        JsonNode json = ForeignModel.JSON.readTree(value);
        model.set("config.json", key, json);
        if (key.equals("n_embd")) {
            model.set("config.json", "n_head", ForeignModel.JSON.valueToTree(5));
        }
        refused(request(model.path().toString(), Optional.of("some")), legal);
    }

    @Test
    void refusesATokenizerThatIsNotGpt2s() throws IOException {
        String gpt2 = GoldenFixture.path("gpt2").toString();
        refused(request(gpt2, Optional.of("gpt2")), "it has 101 ids and end-of-text 100, not 50257 and 50256");
        refused(request(gpt2, Optional.empty()), "convert.tokenizer is not set");

        ForeignModel model = ImportTest.gpt2(folder.resolve("model"));
        String tokens = new String(ImportTest.gpt2Tokens(), StandardCharsets.UTF_8);
        Files.writeString(model.file("vocab.json"), tokens.replace("\"Ġthe\"", "\"Ġder\""));
        refused(request(model.path().toString(), Optional.empty()), "token Ġthe is not its id 262");
        refused(
                request(model.path().toString(), Optional.of("gpt2")),
                "convert.tokenizer = gpt2 cannot be this model's");
    }

    @Test
    void overwritesNothing() throws IOException {
        Path output = Files.createDirectory(folder.resolve("out"));
        Path precious = Files.writeString(output.resolve("precious"), "mine");
        String input = GoldenFixture.path("gpt2").toString();
        assertThatThrownBy(() -> Convert.run(request(input, Optional.of("some")), HADOOP, line -> {}))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("convert.output = ")
                .hasMessageContaining("holds precious");
        try (Stream<Path> files = Files.list(output)) {
            assertThat(files).containsExactly(precious);
        }
        Files.delete(precious);
        Files.delete(output);
        Files.writeString(output, "a file");
        assertThatThrownBy(() -> Convert.run(request(input, Optional.of("some")), HADOOP, line -> {}))
                .isInstanceOf(InvalidInputException.class);
        assertThat(output).hasContent("a file");
    }

    /** A value is found when half of the checkpoint is written already: of an empty folder that was there, the folder stays. */
    @Test
    void leavesAnEmptyFolderEmpty() throws IOException {
        ForeignModel model = new ForeignModel("gpt2", folder.resolve("model"));
        model.poke(WEIGHTS, "transformer.ln_f.bias", 0, Float.NaN);
        Path output = Files.createDirectory(folder.resolve("out"));
        assertThatThrownBy(() -> Convert.run(request(model.path().toString(), Optional.of("some")), HADOOP, line -> {}))
                .isInstanceOf(InvalidInputException.class);
        assertThat(output).isEmptyDirectory();
    }

    @Test
    void refusesWhatIsNeitherOfBothKinds() throws IOException {
        refused(request(folder.resolve("nowhere").toString(), Optional.empty()), "nowhere does not exist");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        refused(request(empty.toString(), Optional.empty()), "holds no complete checkpoint");
        refused(
                new ConvertRequest(
                        GoldenFixture.path("gpt2").toString(),
                        folder.resolve("out").toString(),
                        Optional.of(Format.HUGGINGFACE),
                        Optional.empty(),
                        OptionalInt.empty()),
                "convert.format = huggingface, but");
    }

    private ConvertRequest request(String input, Optional<String> tokenizer) {
        return new ConvertRequest(
                input, folder.resolve("out").toString(), Optional.empty(), tokenizer, OptionalInt.empty());
    }

    private void refused(ConvertRequest request, String message) {
        assertThatThrownBy(() -> Convert.run(request, HADOOP, line -> {}))
                .isInstanceOf(InvalidInputException.class)
                .satisfies(error -> assertThat(error.getMessage().lines()).hasSize(1))
                .hasMessageContaining(message);
        assertThat(folder.resolve("out")).doesNotExist();
    }
}
