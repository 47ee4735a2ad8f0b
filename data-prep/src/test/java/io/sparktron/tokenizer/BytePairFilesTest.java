package io.sparktron.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a vocabulary that are read again, and all that may be wrong with them. */
class BytePairFilesTest {
    @TempDir
    Path folder;

    private BytePairVocabulary vocabulary;
    private String json;
    private String merges;

    @BeforeEach
    void write() throws IOException {
        vocabulary = BytePairTraining.train(Map.of(" low", 5L, "lower", 2L, "caf\u00e9", 6L), 1000);
        for (Map.Entry<String, byte[]> file : vocabulary.files().entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue());
        }
        json = Files.readString(folder.resolve("vocab.json"));
        merges = Files.readString(folder.resolve("merges.txt"));
    }

    @Test
    void readBackWhatWasWritten() throws IOException {
        assertReads();
        assertThat(json)
                .startsWith("{\"!\":0,\"\\\"\":1,")
                .endsWith(",\"<|endoftext|>\":" + (vocabulary.size() - 1) + "}");
        assertThat(merges).startsWith("#version: 0.2\nl o\nlo w\na f\n").contains("\n\u0120 low\n");
    }

    @Test
    void passOverWhatEditorsLeave() throws IOException {
        vocabulary("\uFEFF" + json + "\r\n");
        merges("\uFEFF" + merges.replace("\n", "\r\n") + "\r\n\r\n");
        assertReads();
        merges(merges.substring(merges.indexOf('\n') + 1).strip()); // without the version, without the last line end
        assertReads();
    }

    @Test
    void aVocabularyOfAnotherOrderKeepsItsIds() throws IOException {
        vocabulary(json.replace("\"!\":0", "\"!\":" + (vocabulary.size() - 1))
                .replace("\"<|endoftext|>\":" + (vocabulary.size() - 1), "\"<|endoftext|>\":0"));
        BytePairTokenizer tokenizer = new BytePairTokenizer(read());

        assertThat(tokenizer.endOfText()).isZero();
        assertThat(tokenizer.encode("!")).containsExactly(vocabulary.size() - 1);
        assertThat(tokenizer.decode(new int[] {0})).isEqualTo("<|endoftext|>");
    }

    @Test
    void missingFilesAreNamed() throws IOException {
        Files.delete(folder.resolve("merges.txt"));
        assertRefused("merges.txt is missing", "vocab.json and merges.txt");
        Files.delete(folder.resolve("vocab.json"));
        assertRefused("vocab.json is missing");
    }

    @Test
    void aDamagedVocabularyIsRefused() throws IOException {
        vocabulary("");
        assertRefused("vocab.json holds no JSON object");
        vocabulary("[1]");
        assertRefused("vocab.json holds no JSON object but ARRAY", "legal: ");
        vocabulary(json.substring(0, json.length() - 1));
        assertRefused("vocab.json is not JSON");
        vocabulary(json + "{}");
        assertRefused("vocab.json is not JSON");
        vocabulary("{\"!\":0," + json.substring(1));
        assertRefused("vocab.json is not JSON with each token once", "Duplicate", "'!'");
        Files.write(folder.resolve("vocab.json"), "{\"\u00e9\":1,\"abcdef\":2}".getBytes(StandardCharsets.ISO_8859_1));
        assertRefused("vocab.json is not UTF-8");
    }

    @Test
    void idsWithGapsAreRefused() throws IOException {
        vocabulary(json.replace("\"!\":0", "\"!\":-1"));
        assertRefused("gives \"!\" the id -1", "without a gap");
        vocabulary(json.replace("\"!\":0", "\"!\":1000"));
        assertRefused("gives \"!\" the id 1000", "legal: 0 to " + (vocabulary.size() - 1));
        vocabulary(json.replace("\"!\":0", "\"!\":5"));
        assertRefused("gives id 5 to two tokens");
        vocabulary(json.replace("\"!\":0", "\"!\":0.5"));
        assertRefused("gives \"!\" the id 0.5", "whole numbers");
        vocabulary(json.replace("\"!\":0", "\"!\":\"0\""));
        assertRefused("gives \"!\" the id \"0\"");
    }

    @Test
    void tokensOfAnotherKindAreRefused() throws IOException {
        vocabulary(json.replace("<|endoftext|>", "</s>"));
        assertRefused("has no <|endoftext|>");
        vocabulary(json.replace("\"!\":0", "\"!!\":0"));
        assertRefused("has no \"!\", which spells byte 33", "all 256 bytes");
        vocabulary(json.replace("\"<|endoftext|>\"", "\"\u2581the\":" + vocabulary.size() + ",\"<|endoftext|>\""));
        assertRefused("has the token \"\u2581the\", which spells no bytes", "byte-level");
        vocabulary(json.replace("\"<|endoftext|>\"", "\"\":" + vocabulary.size() + ",\"<|endoftext|>\""));
        assertRefused("has the token \"\", which spells no bytes");
    }

    @Test
    void mergesThatDoNotFitAreRefused() throws IOException {
        merges(merges + "q z\n");
        assertRefused("line " + lines() + " is \"q z\", but \"qz\" is no token", "those of vocab.json");
        merges(merges + "xyz a\n");
        assertRefused("but \"xyz\" is no token");
        merges(merges + "a f\n");
        assertRefused("is \"a f\", which is there before", "each pair once");
        merges(merges + "a  f\n");
        assertRefused("is \"a  f\"", "two tokens with a blank between them");
        merges(merges.replace("a f\n", "a f \n"));
        assertRefused("line 4 is \"a f \"", "two tokens with a blank between them");
        merges(merges + "alone\n");
        assertRefused("is \"alone\"");
        Files.write(folder.resolve("merges.txt"), "\u00e9 \u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        assertRefused("merges.txt is not UTF-8");
    }

    private int lines() {
        return merges.split("\n").length + 1;
    }

    private void assertReads() throws IOException {
        BytePairVocabulary read = read();
        vocabulary
                .files()
                .forEach((name, content) -> assertThat(read.files().get(name)).isEqualTo(content));
        assertThat(new BytePairTokenizer(read).encode(" lower caf\u00e9!"))
                .containsExactly(new BytePairTokenizer(vocabulary).encode(" lower caf\u00e9!"));
    }

    private void assertRefused(String... parts) {
        assertThatThrownBy(this::read)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(parts)
                .hasMessageContaining(folder.toString());
    }

    private BytePairVocabulary read() throws IOException {
        return BytePairVocabulary.read(new org.apache.hadoop.fs.Path(folder.toUri()), new Configuration());
    }

    private void vocabulary(String content) throws IOException {
        write("vocab.json", content);
    }

    private void merges(String content) throws IOException {
        write("merges.txt", content);
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }
}
