package io.sparktron.convert;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparktron.checkpoint.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that was imported is exported with the bits and the settings that it had. */
class ExportTest {
    private static final Configuration HADOOP = new Configuration();

    @TempDir
    private Path folder;

    @Test
    void aRoundTripKeepsEveryBit() throws IOException {
        ForeignModel model = new ForeignModel("prime/gpt2", folder.resolve("theirs"));
        Files.writeString(model.file("vocab.json"), "{\"a\": 0}");
        Files.writeString(model.file("merges.txt"), "#version: 0.2\n");
        String ours = folder.resolve("ours").toString();
        Path back = folder.resolve("back");
        assertThat(convert(model.path().toString(), ours, Optional.of("syllables")))
                .contains("checkpoint of a GPT of 2 layers");
        assertThat(convert(ours, back.toString(), Optional.empty()))
                .contains("Hugging Face folder of a GPT of 2 layers");

        assertThat(back.resolve("vocab.json")).hasContent("{\"a\": 0}");
        assertThat(back.resolve("merges.txt")).hasContent("#version: 0.2\n");
        requireEqualTensors(model.file("model.safetensors"), back.resolve("model.safetensors"));
        JsonNode before = ForeignModel.JSON.readTree(model.file("config.json").toFile());
        JsonNode after = ForeignModel.JSON.readTree(back.resolve("config.json").toFile());
        after.properties()
                .forEach(
                        entry -> assertThat(entry.getValue()).as(entry.getKey()).isEqualTo(before.get(entry.getKey())));
        String again = folder.resolve("again").toString();
        convert(back.toString(), again, Optional.of("syllables"));
        assertThat(Path.of(again, "manifest.json"))
                .hasSameTextualContentAs(Path.of(ours, "manifest.json")); // with the checksums of all data
    }

    private static String convert(String input, String output, Optional<String> tokenizer) throws IOException {
        return Convert.run(
                new ConvertRequest(input, output, Optional.empty(), tokenizer, OptionalInt.empty()),
                HADOOP,
                line -> {});
    }

    private static void requireEqualTensors(Path one, Path other) throws IOException {
        Map<String, Safetensors.Entry> expected = entries(one);
        Map<String, Safetensors.Entry> actual = entries(other);
        assertThat(actual).containsOnlyKeys(expected.keySet());
        byte[] ones = Files.readAllBytes(one);
        byte[] others = Files.readAllBytes(other);
        expected.forEach((name, entry) -> {
            assertThat(actual.get(name).shape()).isEqualTo(entry.shape());
            assertThat(data(others, actual.get(name))).as(name).isEqualTo(data(ones, entry));
        });
    }

    private static Map<String, Safetensors.Entry> entries(Path file) throws IOException {
        return Safetensors.entries(new org.apache.hadoop.fs.Path(file.toUri()), HADOOP);
    }

    private static byte[] data(byte[] file, Safetensors.Entry entry) {
        return Arrays.copyOfRange(file, (int) entry.offset(), (int) (entry.offset() + entry.bytes()));
    }
}
