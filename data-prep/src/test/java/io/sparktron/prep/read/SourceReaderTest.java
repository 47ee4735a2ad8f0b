package io.sparktron.prep.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.prep.Corpus;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers on their own: slices at every border, and damaged bytes. */
class SourceReaderTest {
    @TempDir
    Path folder;

    @Test
    void everyCutOfALinesFileGivesEveryDocumentOnce() throws IOException {
        byte[] bytes =
                ("\uFEFF{\"text\": \"one\"}\r\n\n{\"text\": \"zwölf\"}\n   \n{\"text\": \"three\"}\n{\"text\": \"\"}\n"
                                + "{\"text\": \"last, without a line end\"}")
                        .getBytes(StandardCharsets.UTF_8);
        InputFile file = write("a.jsonl", bytes);
        List<RawDocument> whole = documents(new Source(file, 0, bytes.length));
        assertThat(whole)
                .extracting(RawDocument::text)
                .containsExactly("one", "zwölf", "three", "", "last, without a line end");
        assertThat(whole).extracting(RawDocument::id).isSorted().startsWith(0L, 21L);

        for (int first = 0; first <= bytes.length; first++) {
            for (int length : new int[] {0, 1, 9, bytes.length}) {
                int second = Math.min(first + length, bytes.length);
                List<RawDocument> cut = documents(new Source(file, 0, first));
                cut.addAll(documents(new Source(file, first, second)));
                cut.addAll(documents(new Source(file, second, bytes.length)));
                assertThat(cut).as("cut at %d and %d", first, second).isEqualTo(whole);
            }
        }
    }

    @Test
    void tasksCoverEveryByteOnce() throws IOException {
        InputFile large = new InputFile(0, 0, "file:/large.jsonl", InputFormat.JSONL, "text", (10 << 20) + 1, 0);
        InputFile text = new InputFile(0, 0, "file:/text.txt", InputFormat.TEXT, "text", 5 << 20, 0);
        InputFile compressed = new InputFile(0, 0, "file:/lines.jsonl.gz", InputFormat.JSONL, "text", 5 << 20, 0);
        InputFile empty = new InputFile(0, 0, "file:/empty.jsonl", InputFormat.JSONL, "text", 0, 0);

        List<Source> sources = Source.tasks(List.of(large, text, compressed, empty), 2).stream()
                .flatMap(List::stream)
                .toList();

        List<Source> slices =
                sources.stream().filter(source -> source.file().equals(large)).toList();
        assertThat(slices).hasSizeGreaterThan(3);
        long next = 0;
        for (Source slice : slices) {
            assertThat(slice.start()).isEqualTo(next);
            next = slice.end();
        }
        assertThat(next).isEqualTo(large.bytes());
        assertThat(sources).hasSize(slices.size() + 2);
    }

    @Test
    void everyDamageOfACompressedFileIsSeen() throws IOException {
        Random random = new Random(2);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            lines.append("{\"text\": \"").append(Corpus.sentence(random, 10)).append("\"}\n");
        }
        byte[] plain = lines.toString().getBytes(StandardCharsets.UTF_8);
        for (String suffix : List.of(".gz", ".bz2", ".zst")) {
            byte[] whole = Compressed.bytes(plain, suffix);
            assertThat(problems(write("w.jsonl" + suffix, whole))).isEmpty();

            for (int length : new int[] {1, 5, whole.length / 2, whole.length - 1}) {
                byte[] torn = Arrays.copyOf(whole, length);
                assertThat(problems(write("t.jsonl" + suffix, torn)))
                        .as("%s of %d bytes", suffix, length)
                        .containsExactly(DropReason.DAMAGED);
                assertThat(problems(write("t.txt" + suffix, torn))).containsExactly(DropReason.DAMAGED);
            }
            byte[] garbage = new byte[1000];
            random.nextBytes(garbage);
            assertThat(problems(write("g.txt" + suffix, garbage))).containsExactly(DropReason.DAMAGED);
        }
    }

    @Test
    void whatComesBeforeTheTearIsRead() throws IOException {
        List<String> expected = new ArrayList<>();
        StringBuilder lines = new StringBuilder();
        Random random = new Random(6);
        for (int i = 0; i < 10_000; i++) {
            expected.add(Corpus.sentence(random, 10));
            lines.append("{\"text\": \"").append(expected.get(i)).append("\"}\n");
        }
        byte[] plain = lines.toString().getBytes(StandardCharsets.UTF_8);
        for (String suffix : List.of(".gz", ".zst")) { // a block of bzip2 is larger than this file
            byte[] whole = Compressed.bytes(plain, suffix);
            InputFile file = write("a.jsonl" + suffix, Arrays.copyOf(whole, whole.length - 3));

            List<RawDocument> documents = documents(new Source(file, 0, Long.MAX_VALUE));

            RawDocument last = documents.remove(documents.size() - 1);
            assertThat(last.problem()).isEqualTo(DropReason.DAMAGED);
            assertThat(last.location()).startsWith(file.path() + " at byte ");
            assertThat(documents).extracting(RawDocument::text).isEqualTo(expected.subList(0, documents.size()));
            assertThat(documents).hasSizeGreaterThan(expected.size() / 2);
        }
    }

    private List<DropReason> problems(InputFile file) throws IOException {
        return documents(new Source(file, 0, Long.MAX_VALUE)).stream()
                .map(RawDocument::problem)
                .filter(problem -> problem != null)
                .toList();
    }

    private static List<RawDocument> documents(Source source) throws IOException {
        List<RawDocument> documents = new ArrayList<>();
        try (SourceReader reader = SourceReader.open(source, new Configuration())) {
            reader.forEachRemaining(documents::add);
        }
        return documents;
    }

    private InputFile write(String name, byte[] bytes) throws IOException {
        Path file = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(bytes);
        }
        return new InputFile(0, 0, file.toUri().toString(), InputFiles.formatOf(name), "text", bytes.length, 0);
    }
}
