package io.sparktron.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {
    /** The example of the format's description. */
    private static final String EXAMPLE = """
            {"format": "sparktron-tokens", "version": 1, "family": "gpt", "sequence": 1024, "samples": 40,
             "tokenizer": {"name": "gpt2", "vocabulary": 50257, "endOfText": 50256},
             "files": [{"path": "part-00000.parquet", "firstSample": 0, "samples": 30},
                       {"path": "part-00001.parquet", "firstSample": 30, "samples": 10}]}
            """;

    private final Configuration configuration = new Configuration();

    @TempDir
    java.nio.file.Path folder;

    @Test
    void keepsTheFilesOfATokenizer() throws IOException {
        Map<String, String> files = Map.of("vocab.json", "a".repeat(64), "merges.txt", "b".repeat(64));
        Manifest.Vocabulary trained = new Manifest.Vocabulary("bpe", 300, 299, null, new TreeMap<>(files));
        Manifest manifest = new Manifest(
                "gpt", 4, 1, trained, List.of(new Manifest.DataFile("a.parquet", 0, 1, null, null)), null, null);
        Path there = new Path(folder.toUri());
        manifest.write(there, configuration);

        Manifest read = Manifest.read(there, configuration);
        assertThat(read).isEqualTo(manifest);
        assertThat(read.tokenizer().files()).isEqualTo(files);
        assertThat(read.tokenizer().toString()).contains("files={merges.txt=bb").contains("vocab.json=aa");
        assertThat(trained.digest()).hasSize(64).isNotEqualTo(new Manifest.Vocabulary("bpe", 300, 299).digest());
        assertThat(Manifest.Vocabulary.digest(
                        Map.of("vocab.json", "a".repeat(64), "merges.txt", "b".repeat(64), "tokenizer.json", "c")))
                .isEqualTo(trained.digest());
        assertThat(new Manifest.Vocabulary("gpt2", 50257, 50256).digest()).isNull();
        String whole = EXAMPLE.replace("\"gpt2\",", "\"bpe\", \"files\": {\"v.json\": \"" + "a".repeat(64) + "\"},");
        assertThat(read(whole).tokenizer().files()).containsOnlyKeys("v.json");
        assertRefused(whole.replace("v.json", ".."), "\"tokenizer.files\" is \"..\"");
        assertRefused(whole.replace("v.json", "../v"), "\"tokenizer.files\" is \"../v\"");
        assertRefused(whole.replace("aaaa", "AAAA"), "\"tokenizer.files.v.json\" is \"AAAA");
        assertRefused(whole.replaceAll("\"a{64}\"", "null"), "lacks the required field \"tokenizer.files.v.json\"");
        assertRefused(whole.replaceAll("\\{\"v[^}]*}", "3"), "\"tokenizer.files\" is 3; legal: a JSON object of names");
    }

    @Test
    void readsTheRequiredFields() throws IOException {
        Manifest manifest = read(EXAMPLE);

        assertThat(manifest.sequence()).isEqualTo(1024);
        assertThat(manifest.samples()).isEqualTo(40);
        assertThat(manifest.tokenizer()).isEqualTo(new Manifest.Vocabulary("gpt2", 50257, 50256));
        assertThat(manifest.files())
                .containsExactly(
                        new Manifest.DataFile("part-00000.parquet", 0, 30, null, null),
                        new Manifest.DataFile("part-00001.parquet", 30, 10, null, null));
        assertThat(manifest.counts()).isNull();
        assertThat(manifest.provenance()).isEmpty();
    }

    @Test
    void readsWhatItWrote() throws IOException {
        Manifest manifest = new Manifest(
                "gpt",
                8,
                3,
                new Manifest.Vocabulary("gpt2", 50257, 50256),
                List.of(new Manifest.DataFile("part-00000.parquet", 0, 3, "0".repeat(64), 123L)),
                new Manifest.Counts(2, 90, 27, 2),
                Map.of("creator", "test", "files", 2, "settings", Map.of("seed", 7)));

        manifest.write(new Path(folder.toUri()), configuration);

        assertThat(Manifest.read(new Path(folder.toUri()), configuration)).isEqualTo(manifest);
        try (var left = Files.list(folder)) {
            assertThat(left.map(path -> path.getFileName().toString()).filter(name -> !name.endsWith(".crc")))
                    .containsExactly(Manifest.FILE_NAME);
        }
    }

    @Test
    void readsWhatItWroteForBert() throws IOException {
        Manifest.WordPieces pieces = new Manifest.WordPieces(0, 2, 3, 4, false, "vocab.txt", "a".repeat(64));
        Manifest manifest = new Manifest(
                "bert",
                8,
                3,
                new Manifest.Vocabulary("wordpiece", 90, 3, pieces),
                List.of(new Manifest.DataFile("part-00000.parquet", 0, 3, null, null)),
                null,
                Map.of());

        manifest.write(new Path(folder.toUri()), configuration);

        assertThat(Manifest.read(new Path(folder.toUri()), configuration)).isEqualTo(manifest);
    }

    /** What a foreign writer needs to say, and what it must not. */
    @Test
    void readsAndChecksTheTokenizerOfBert() throws IOException {
        String bert = EXAMPLE.replace("\"gpt\"", "\"bert\"");
        String tokenizer =
                "\"tokenizer\": {\"name\": \"x\", \"vocabulary\": 90, \"pad\": 0, \"cls\": 2, \"sep\": 3, \"mask\": 4, \"vocabularyFile\": \"v.txt\"}";
        String whole = bert.replaceFirst("\"tokenizer\": \\{[^}]*}", tokenizer);

        assertThat(read(whole).tokenizer())
                .isEqualTo(
                        new Manifest.Vocabulary("x", 90, 3, new Manifest.WordPieces(0, 2, 3, 4, true, "v.txt", null)));
        assertRefused(bert, "lacks the required field \"tokenizer.pad\"");
        assertRefused(whole.replace("\"mask\": 4", "\"mask\": 90"), "\"tokenizer.mask\" is 90; legal: a whole number");
        assertRefused(whole.replace("\"mask\": 4", "\"mask\": 3"), "\"tokenizer.mask\" is 3; legal: another id");
        assertRefused(whole.replace("v.txt", "../v.txt"), "\"tokenizer.vocabularyFile\" is \"../v.txt\"");
        assertRefused(
                whole.replace("\"pad\": 0", "\"pad\": 0, \"lowerCase\": 1"),
                "\"tokenizer.lowerCase\" is 1; legal: true or false");
        assertRefused(
                whole.replace("\"pad\": 0", "\"pad\": 0, \"vocabularySha256\": \"b\""),
                "\"tokenizer.vocabularySha256\" is \"b\"");
    }

    /** Checkpoints keep it: it must not change with this program's version. */
    @Test
    void theFingerprintStaysWhatItWas() throws IOException {
        assertThat(read(EXAMPLE).fingerprint())
                .isEqualTo("48e8d51712589fcf672a5850022d4e23a4e5390f5a3b764a92648816ff2ce8d1");
    }

    @Test
    void toleratesUnknownFields() throws IOException {
        Manifest manifest = read(EXAMPLE.replace("\"family\"", "\"mood\": {\"a\": [1]}, \"family\""));

        assertThat(manifest.samples()).isEqualTo(40);
    }

    @Test
    void hasAFingerprintOfItsContents() throws IOException {
        Manifest one = read(EXAMPLE);

        assertThat(one.fingerprint()).hasSize(64).isEqualTo(read(EXAMPLE).fingerprint());
        assertThat(read(EXAMPLE.replace("1024", "512")).fingerprint()).isNotEqualTo(one.fingerprint());
        assertThat(read(EXAMPLE.replace("part-00001", "part-00002")).fingerprint())
                .isNotEqualTo(one.fingerprint());
    }

    @Test
    void namesAMissingManifest() {
        assertThatThrownBy(() -> Manifest.read(new Path(folder.toUri()), configuration))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(folder.toString(), "not a token dataset", "manifest.json");
    }

    @Test
    void namesWhatIsNotJson() {
        assertRefused("{\"format\": ", "manifest.json is not JSON");
        assertRefused("", "no JSON object");
        assertRefused("[1]", "no JSON object");
    }

    @Test
    void namesEachMissingField() {
        for (String field : List.of("format", "version", "family", "sequence", "samples", "tokenizer", "files")) {
            assertRefused(edited(root -> root.remove(field)), "lacks the required field \"" + field + '"');
        }
        for (String field : List.of("name", "vocabulary", "endOfText")) {
            assertRefused(
                    edited(root -> root.withObject("tokenizer").remove(field)),
                    "lacks the required field \"tokenizer." + field + '"');
        }
        for (String field : List.of("path", "firstSample", "samples")) {
            assertRefused(
                    edited(root -> ((ObjectNode) root.get("files").get(1)).remove(field)),
                    "lacks the required field \"files[1]." + field + '"');
        }
    }

    @Test
    void namesAnIllegalValue() {
        assertRefused(edited(root -> root.put("format", "zip")), "\"format\" is \"zip\"; legal: \"sparktron-tokens\"");
        assertRefused(edited(root -> root.put("version", 2)), "\"version\" is 2; legal: 1");
        assertRefused(edited(root -> root.put("family", "t5")), "\"family\" is \"t5\"");
        assertRefused(edited(root -> root.put("sequence", 0)), "\"sequence\" is 0");
        assertRefused(edited(root -> root.put("sequence", "8")), "\"sequence\" is \"8\"");
        assertRefused(edited(root -> root.put("samples", 40.5)), "\"samples\" is 40.5");
        assertRefused(edited(root -> root.put("tokenizer", "gpt2")), "\"tokenizer\" is \"gpt2\"; legal: a JSON object");
        assertRefused(
                edited(root -> root.withObject("tokenizer").put("endOfText", 50257)),
                "\"tokenizer.endOfText\" is 50257; legal: a whole number from 0 to 50256");
        assertRefused(edited(root -> root.putArray("files")), "\"files\" is []");
        assertRefused(edited(root -> file(root, 0).put("path", "../x")), "\"files[0].path\" is \"../x\"");
        assertRefused(edited(root -> file(root, 0).put("path", "/x")), "\"files[0].path\" is \"/x\"");
        assertRefused(edited(root -> file(root, 0).put("sha256", "abc")), "\"files[0].sha256\" is \"abc\"");
        assertRefused(edited(root -> file(root, 0).put("bytes", 0)), "\"files[0].bytes\" is 0");
    }

    @Test
    void namesFilesThatDoNotAddUp() {
        assertRefused(edited(root -> root.put("samples", 41)), "\"samples\" is 41; legal: 40");
        assertRefused(edited(root -> root.put("samples", 39)), "\"files[1].samples\" is 10; legal: at most 9");
        assertRefused(
                edited(root -> file(root, 1).put("firstSample", 29)), "\"files[1].firstSample\" is 29; legal: 30");
        assertRefused(
                edited(root -> file(root, 1).put("path", "part-00000.parquet")), "a name after part-00000.parquet");
    }

    private static ObjectNode file(ObjectNode root, int index) {
        return (ObjectNode) root.get("files").get(index);
    }

    private static String edited(Consumer<ObjectNode> edit) {
        try {
            ObjectNode root = (ObjectNode) new ObjectMapper().readTree(EXAMPLE);
            edit.accept(root);
            return root.toString();
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private Manifest read(String json) throws IOException {
        java.nio.file.Path file = folder.resolve(Manifest.FILE_NAME);
        Files.write(file, json.getBytes(StandardCharsets.UTF_8));
        return Manifest.read(new Path(folder.toUri()), configuration);
    }

    private void assertRefused(String json, String message) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(folder.toString(), message);
    }
}
