package io.sparktron.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.checkpoint.CheckpointMetadata.Tokenizer;
import io.sparktron.data.BertDatasets;
import io.sparktron.golden.BertFixture;
import io.sparktron.golden.CheckpointWeights;
import io.sparktron.golden.GoldenFixture;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.ModelParameters;
import io.sparktron.parallel.Box;
import io.sparktron.parallel.ParameterSpec;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MegatronBert of transformers as a checkpoint of ours. */
class BertImportTest {
    private static final Configuration HADOOP = new Configuration();

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"bert", "even/bert"})
    void everyWeightIsTheirs(String fixture) throws IOException {
        BertFixture golden = new BertFixture(fixture);
        Checkpoint checkpoint =
                convert(GoldenFixture.path(fixture), Optional.of("wordpiece:ab"), OptionalInt.of(3), "out");
        ModelConfig model = checkpoint.metadata().model();
        assertThat(model).isEqualTo(golden.config().withSequence(model.positions()));
        assertThat(checkpoint.metadata().tokenizer()).isEqualTo(new Tokenizer("wordpiece:ab", model.vocabulary(), 3));
        long elements = 0;
        for (List<ParameterSpec> bucket : ModelParameters.buckets(model, 1, 1)) {
            for (ParameterSpec spec : bucket) {
                assertThat(CheckpointWeights.load(checkpoint, spec))
                        .as(spec.name())
                        .isEqualTo(golden.box("model.", spec.name(), spec.global(), Box.whole(spec.global())));
                elements += spec.global().elements();
            }
        }
        assertThat(elements).isEqualTo(model.parameters());
    }

    /** A dataset of the same pieces has the same digest in its manifest. */
    @Test
    void takesNameAndSeparatorFromTheWordPieces() throws IOException {
        ForeignModel model = new ForeignModel("bert", folder.resolve("model"));
        Files.write(model.file("vocab.txt"), BertDatasets.PIECES.bytes());
        Checkpoint checkpoint = convert(model.path(), OptionalInt.empty());
        assertThat(checkpoint.metadata().tokenizer())
                .isEqualTo(new Tokenizer(
                        "wordpiece:" + BertDatasets.PIECES.sha256().substring(0, 16), 101, BertDatasets.SEP));
        assertThat(folder.resolve("out/vocab.txt")).hasBinaryContent(BertDatasets.PIECES.bytes());
    }

    /** As Megatron-LM pads it: 101 pieces to 128 ids, whose embeddings no sample ever touches. */
    @Test
    void leavesOutWhatOnlyPadsTheVocabulary() throws IOException {
        ForeignModel model = new ForeignModel("bert", folder.resolve("model"));
        Files.write(model.file("vocab.txt"), BertDatasets.PIECES.bytes());
        Checkpoint whole = convert(model.path(), OptionalInt.empty(), "whole");
        model.pad("model.safetensors", "bert.embeddings.word_embeddings.weight", 128, 7);
        model.pad("model.safetensors", "cls.predictions.bias", 128, 7);
        model.set("config.json", "vocab_size", new IntNode(128));
        Checkpoint padded = convert(model.path(), OptionalInt.empty(), "padded");
        assertThat(padded.metadata()).isEqualTo(whole.metadata());
        for (List<ParameterSpec> bucket :
                ModelParameters.buckets(whole.metadata().model(), 1, 1)) {
            for (ParameterSpec spec : bucket) {
                assertThat(CheckpointWeights.load(padded, spec))
                        .as(spec.name())
                        .isEqualTo(CheckpointWeights.load(whole, spec));
            }
        }
    }

    @Test
    void needsANameOrTheWordPieces() throws IOException {
        ForeignModel model = new ForeignModel("bert", folder.resolve("model"));
        assertThatThrownBy(() -> convert(model.path(), Optional.empty(), OptionalInt.of(3), "none"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("convert.tokenizer is not set", "has no vocab.txt", "legal: ");
        Files.writeString(model.file("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n");
        assertThatThrownBy(() -> convert(model.path(), OptionalInt.empty()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("vocab.txt has 5 pieces; legal: 101");
    }

    @Test
    void listsWhatItWouldRead() throws IOException {
        ModelListing listing = ModelListing.of(
                new org.apache.hadoop.fs.Path(GoldenFixture.path("bert").toUri()), HADOOP);
        assertThat(listing.model().title()).isEqualTo("BERT");
        assertThat(listing.tensors())
                .extracting(ModelListing.Source::theirs)
                .contains("bert.encoder.layer.2.attention.self.key.weight", "cls.seq_relationship.bias");
    }

    @Test
    void refusesWhatWouldBeAnotherModel() throws IOException {
        assertRefused("hidden_act", new TextNode("gelu"), "hidden_act is \"gelu\"", "gelu_new");
        assertRefused("num_hidden_layers", new IntNode(2), "num_hidden_layers is 2; legal: 3");
        assertRefused("intermediate_size", new IntNode(48), "intermediate_size is 48", "4 x hidden_size");
        assertRefused("model_type", new TextNode("bert"), "model_type is \"bert\"", "\"megatron-bert\"");
        assertRefused("vocab_size", new IntNode(100), "word_embeddings.weight", "[100, 48]");
    }

    @Test
    void refusesACopyThatDiffers() throws IOException {
        ForeignModel model = new ForeignModel("bert", folder.resolve("model"));
        model.copyTensor(
                "model.safetensors", "bert.embeddings.word_embeddings.weight", "cls.predictions.decoder.weight");
        assertThat(convert(model.path(), OptionalInt.of(3)).metadata().step()).isZero();
        model.header(
                "model.safetensors",
                header -> header.set(
                        "cls.predictions.decoder.bias",
                        header.get("bert.encoder.ln.bias").deepCopy()));
        assertThatThrownBy(() -> convert(model.path(), OptionalInt.of(3), "other"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("cls.predictions.decoder.bias");
    }

    private void assertRefused(String key, JsonNode value, String... parts) throws IOException {
        ForeignModel model = new ForeignModel("bert", folder.resolve(key));
        model.set("config.json", key, value);
        assertThatThrownBy(() -> convert(model.path(), OptionalInt.of(3), "of " + key))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(parts);
    }

    private Checkpoint convert(Path input, OptionalInt endOfText) throws IOException {
        return convert(input, endOfText, "out");
    }

    private Checkpoint convert(Path input, OptionalInt endOfText, String output) throws IOException {
        boolean pieces = Files.exists(input.resolve("vocab.txt"));
        return convert(input, pieces ? Optional.empty() : Optional.of("wordpiece:ab"), endOfText, output);
    }

    private Checkpoint convert(Path input, Optional<String> tokenizer, OptionalInt endOfText, String output)
            throws IOException {
        String to = folder.resolve(output).toString();
        Convert.run(
                new ConvertRequest(input.toString(), to, Optional.empty(), tokenizer, endOfText), HADOOP, line -> {});
        return Checkpoint.open(to, HADOOP);
    }
}
