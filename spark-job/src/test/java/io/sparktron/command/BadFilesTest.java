package io.sparktron.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that are torn, changed, missing or foreign: exit code 2, one line that names the file, and not a byte of any file changed. */
class BadFilesTest {
    private static final String TRAIN = "tokens/train/";
    private static final String NEWEST = "run/checkpoints/step-00000004/";

    /** A corpus, its dataset and a run of four steps, made once. */
    @TempDir
    static Path made;

    @TempDir
    Path folder;

    /** Does something bad to a copy of what was made. */
    private interface Damage {
        void to(Path folder) throws IOException;
    }

    @BeforeAll
    static void make() throws IOException {
        String corpus = IntStream.range(0, 40)
                .mapToObj(i -> "{\"text\": \"" + words(i) + "\"}")
                .collect(Collectors.joining("\n"));
        Files.writeString(made.resolve("corpus.jsonl"), corpus);
        requireDone("prep", prep(made));
        requireDone("pretrain", pretrain(made, 4));
    }

    private static String words(int document) {
        return IntStream.range(0, 40)
                .mapToObj(i -> "word" + (document * 31 + i * i) % 97)
                .collect(Collectors.joining(" "));
    }

    private static void requireDone(String command, List<String> assignments) {
        InProcess.Result result = InProcess.run(command, assignments);
        assertThat(result.code()).as(result.err()).isZero();
    }

    private static List<String> prep(Path folder) {
        return List.of(
                "prep.input=" + folder.resolve("corpus.jsonl"),
                "prep.output=" + folder.resolve("tokens"),
                "prep.sequence=16",
                "prep.rules=tokens >= 16",
                "prep.validation-fraction=0.3");
    }

    private static List<String> pretrain(Path folder, int steps) {
        return List.of(
                "run.dir=" + folder.resolve("run"),
                "data.train=" + folder.resolve("tokens/train"),
                "data.validation=" + folder.resolve("tokens/validation"),
                "train.steps=" + steps,
                "train.checkpoint-every=2",
                "train.lr.decay-steps=9",
                "train.lr.warmup-steps=1",
                "train.micro-batch=1",
                "model.layers=1",
                "model.hidden=4",
                "model.heads=2",
                "device.threads=1");
    }

    private static Arguments of(String what, String command, Damage damage, String... named) {
        return Arguments.of(what, command, damage, named);
    }

    private static Arguments torn(String what, String command, String file, int kept, String... named) {
        return of(what, command, folder -> keep(folder.resolve(file), kept), named);
    }

    private static Arguments written(String what, String command, String file, String text, String... named) {
        return of(what, command, folder -> Files.writeString(folder.resolve(file), text), named);
    }

    private static Arguments edited(String file, String command, String was, String is, String... named) {
        return of(file + ": " + was + " becomes " + is, command, folder -> edit(folder.resolve(file), was, is), named);
    }

    private static Arguments missing(String command, String file, String... named) {
        return of(file + " is missing", command, folder -> delete(folder.resolve(file)), named);
    }

    static Stream<Arguments> badFiles() {
        return Stream.of(
                // the token dataset
                missing("pretrain", TRAIN + "manifest.json", "tokens/train is not a token dataset"),
                torn("an empty manifest", "pretrain", TRAIN + "manifest.json", 0, "tokens/train/manifest.json"),
                torn("half a manifest", "pretrain", TRAIN + "manifest.json", 200, "tokens/train/manifest.json"),
                written("a manifest that is a list", "pretrain", TRAIN + "manifest.json", "[]", "manifest.json"),
                edited(TRAIN + "manifest.json", "pretrain", "sparktron-tokens", "other-tokens", "manifest.json"),
                edited(TRAIN + "manifest.json", "pretrain", "\"gpt\"", "\"t5\"", "family"),
                edited(TRAIN + "manifest.json", "pretrain", "\"version\" : 1", "\"version\" : 7", "version", "7"),
                edited(
                        TRAIN + "manifest.json",
                        "pretrain",
                        "\"firstSample\" : 0",
                        "\"firstSample\" : 1",
                        "firstSample"),
                edited(TRAIN + "manifest.json", "pretrain", "part-00000", "../part-00000", "part-00000.parquet"),
                edited(TRAIN + "manifest.json", "pretrain", "\"sha256\" : \"", "\"sha256\" : \"0", "sha256"),
                missing("pretrain", TRAIN + "part-00000.parquet", "part-00000.parquet"),
                torn("an empty file of samples", "pretrain", TRAIN + "part-00000.parquet", 0, "part-00000.parquet"),
                torn("four bytes of samples", "pretrain", TRAIN + "part-00000.parquet", 4, "part-00000.parquet"),
                torn("samples cut short", "pretrain", TRAIN + "part-00000.parquet", -1, "part-00000.parquet"),
                of(
                        "a flipped byte of samples",
                        "pretrain",
                        at -> flip(at, TRAIN + "part-00000.parquet", 400),
                        "part-00000.parquet"),
                of(
                        "a folder where samples should be",
                        "pretrain",
                        at -> becomeFolder(at, TRAIN + "part-00000.parquet"),
                        "part-00000.parquet"),
                missing("pretrain", "tokens/validation/manifest.json", "tokens/validation"),
                edited(
                        "tokens/validation/manifest.json",
                        "pretrain",
                        "\"sequence\" : 16",
                        "\"sequence\" : 15",
                        "data.validation"),
                missing("evaluate", "tokens/validation/part-00000.parquet", "tokens/validation/part-00000.parquet"),
                of(
                        "a flipped byte of validation",
                        "evaluate",
                        at -> flip(at, "tokens/validation/part-00000.parquet", 300),
                        "part-00000.parquet"),
                // the checkpoint
                torn("an empty checkpoint manifest", "pretrain", NEWEST + "manifest.json", 0, NEWEST + "manifest.json"),
                torn("half a checkpoint manifest", "pretrain", NEWEST + "manifest.json", 900, NEWEST + "manifest.json"),
                torn("half a checkpoint manifest", "generate", NEWEST + "manifest.json", 900, NEWEST + "manifest.json"),
                edited(NEWEST + "manifest.json", "pretrain", "\"version\" : 2", "\"version\" : 3", "version 3"),
                edited(
                        NEWEST + "manifest.json",
                        "pretrain",
                        "\"seed\" : 1234",
                        "\"seed\" : 1235",
                        "train.seed",
                        "1235"),
                edited(NEWEST + "manifest.json", "pretrain", "\"heads\" : 2", "\"heads\" : 4", "model"),
                edited(NEWEST + "manifest.json", "pretrain", "\"offset\" : ", "\"offset\" : 9999", NEWEST),
                edited(NEWEST + "manifest.json", "evaluate", "\"crc32c\" : ", "\"crc32c\" : 1", NEWEST),
                edited(NEWEST + "manifest.json", "generate", "final_layernorm", "last_layernorm", "final_layernorm"),
                of("a missing shard", "pretrain", at -> delete(shard(at)), NEWEST + "step-00000004"),
                of("a missing shard", "evaluate", at -> delete(shard(at)), NEWEST + "step-00000004"),
                of("a missing shard", "generate", at -> delete(shard(at)), NEWEST + "step-00000004"),
                of("an empty shard", "pretrain", at -> keep(shard(at), 0), NEWEST + "step-00000004"),
                of("a shard cut short", "pretrain", at -> keep(shard(at), -1), NEWEST + "step-00000004"),
                of("a shard cut short", "generate", at -> keep(shard(at), 5000), NEWEST + "step-00000004"),
                of("a flipped byte of a shard", "pretrain", at -> flip(shard(at), -5), NEWEST + "step-00000004"),
                of("a flipped byte of a shard", "evaluate", at -> flip(shard(at), 90_000), NEWEST + "step-00000004"),
                // the run folder
                written(
                        "metrics of something else",
                        "pretrain",
                        "run/metrics.jsonl",
                        "hello\n",
                        "metrics.jsonl",
                        "hello"),
                written("metrics without a step", "pretrain", "run/metrics.jsonl", "{\"loss\": 1}\n", "metrics.jsonl"),
                of(
                        "another dataset",
                        "pretrain",
                        at -> edit(
                                at.resolve(TRAIN + "manifest.json"), "\"endOfText\" : 50256", "\"endOfText\" : 50255"),
                        "tokenizer"),
                of(
                        "data for another family in a run",
                        "pretrain",
                        at -> becomeBert(at, TRAIN),
                        "data.train",
                        "family bert",
                        "the model is of family gpt"),
                of(
                        "data for BERT without its vocabulary",
                        "pretrain",
                        at -> {
                            delete(at.resolve("run"));
                            becomeBert(at, TRAIN);
                            delete(at.resolve(TRAIN + "v.txt"));
                        },
                        "tokens/train/v.txt is missing"),
                of(
                        "validation data for another family",
                        "pretrain",
                        at -> becomeBert(at, "tokens/validation/"),
                        "data.validation",
                        "family bert",
                        "family gpt"),
                of(
                        "data for another family",
                        "evaluate",
                        at -> becomeBert(at, "tokens/validation/"),
                        "data.validation",
                        "family bert",
                        "the model is of family gpt"),
                of(
                        "a file instead of a run folder",
                        "evaluate",
                        at -> {
                            delete(at.resolve("run"));
                            Files.writeString(at.resolve("run"), "x");
                        },
                        "run"),
                // prepared output that is in the way
                written("a foreign file in the output", "prep", "tokens/train/mine.txt", "mine", "tokens"),
                missing("prep", "tokens/report.json", "tokens"),
                missing("prep", "corpus.jsonl", "corpus.jsonl"),
                torn("an empty corpus", "prep", "corpus.jsonl", 0, "prep.output", "tokens"));
    }

    @ParameterizedTest(name = "{1}: {0}")
    @MethodSource("badFiles")
    void aBadFileIsNamedAndNothingIsOverwritten(String what, String command, Damage damage, String[] named)
            throws IOException {
        copy(made, folder);
        damage.to(folder);
        Map<String, Long> before = contents(folder);
        List<String> assignments = switch (command) {
            case "pretrain" -> pretrain(folder, 6);
            case "prep" -> prep(folder);
            case "evaluate" ->
                List.of(
                        "checkpoint=" + folder.resolve("run"),
                        "data.validation=" + folder.resolve("tokens/validation"));
            default -> List.of("checkpoint=" + folder.resolve("run"), "generate.max-tokens=2");
        };
        InProcess.Result result = InProcess.run(command, assignments);
        assertThat(result.lastLine()).startsWith("sparktron: ").contains(named);
        assertThat(result.errors()).isOne();
        assertThat(result.code()).as(result.err()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(contents(folder)).isEqualTo(before);
    }

    @Test
    void withoutDamageTheRunGoesOn() throws IOException {
        copy(made, folder);
        requireDone("pretrain", pretrain(folder, 6));
        assertThat(Files.readAllLines(folder.resolve("run/metrics.jsonl"))).hasSize(6);
    }

    /**
     * Checksums of all files by relative path; {@code run.json} and the lease tell of every start, also of one that failed, and preparation
     * remembers the digests of what it read.
     */
    private static Map<String, Long> contents(Path folder) throws IOException {
        Map<String, Long> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("run/run.json")
                            && !file.getParent().endsWith("run/lease")
                            && !file.getFileName().toString().contains("contents.txt"))
                    .toList()) {
                CRC32C crc = new CRC32C();
                crc.update(Files.readAllBytes(file));
                contents.put(folder.relativize(file).toString(), crc.getValue());
            }
        }
        return contents;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(file -> !file.equals(from)).toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static Path shard(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(NEWEST))) {
            return files.filter(file -> file.toString().endsWith(".safetensors"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Cuts a file to its first bytes; a negative number cuts so many off. */
    private static void keep(Path file, int bytes) throws IOException {
        byte[] content = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(content, bytes < 0 ? content.length + bytes : bytes));
    }

    private static void flip(Path folder, String file, int position) throws IOException {
        flip(folder.resolve(file), position);
    }

    /** Flips a bit; a negative position counts from the end. */
    private static void flip(Path file, int position) throws IOException {
        byte[] content = Files.readAllBytes(file);
        content[position < 0 ? content.length + position : position] ^= 0x10;
        Files.write(file, content);
    }

    private static void edit(Path file, String was, String is) throws IOException {
        String text = Files.readString(file, StandardCharsets.UTF_8);
        assertThat(text).contains(was);
        Files.writeString(file, text.replace(was, is));
        Files.deleteIfExists(
                file.resolveSibling("." + file.getFileName() + ".crc")); // as an editor leaves it to Hadoop
    }

    /** Makes a dataset one for BERT, as far as manifest and vocabulary go. */
    private static void becomeBert(Path folder, String dataset) throws IOException {
        Path manifest = folder.resolve(dataset + "manifest.json");
        edit(manifest, "\"family\" : \"gpt\"", "\"family\" : \"bert\"");
        edit(
                manifest,
                "\"endOfText\" : 50256",
                "\"endOfText\" : 50256, \"pad\": 0, \"cls\": 1, \"sep\": 2, \"mask\": 3, \"vocabularyFile\": \"v.txt\"");
        String pieces = IntStream.range(0, 50257).mapToObj(i -> "p" + i).collect(Collectors.joining("\n"));
        Files.writeString(folder.resolve(dataset + "v.txt"), pieces);
    }

    private static void becomeFolder(Path folder, String file) throws IOException {
        delete(folder.resolve(file));
        Files.createDirectory(folder.resolve(file));
    }

    private static void delete(Path path) throws IOException {
        try (Stream<Path> below = Files.walk(path)) {
            below.sorted((a, b) -> b.compareTo(a)).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
