package io.sparktron.prep.read;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;

/**
 * A small corpus to try things with: 40 State of the Union addresses, 1790 to 1829, as JSON lines with the fields {@code year}, {@code president} and
 * {@code text}; 0.9 MB, about 170,000 GPT-2 tokens. Public domain; its source lies beside it.
 */
public final class SampleCorpus {
    public static final String FILE_NAME = "state-of-the-union.jsonl";
    /** The underscore hides the note from readers of the whole folder. */
    private static final List<String> FILES = List.of(FILE_NAME, "_SOURCE.txt");

    private SampleCorpus() {}

    /**
     * Copies the corpus and the note of its source into a folder, which is created if need be. A file that has
     * the right content already is not touched, so that its time stays and a prepared output is recognised.
     *
     * @return the corpus file
     */
    public static Path copyTo(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String name : FILES) {
            byte[] bytes = read(name);
            Path file = folder.resolve(name);
            if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), bytes)) {
                Path temporary = folder.resolve("." + name + ".tmp");
                Files.write(temporary, bytes);
                Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            }
        }
        return folder.resolve(FILE_NAME);
    }

    private static byte[] read(String name) throws IOException {
        try (InputStream in = SampleCorpus.class.getResourceAsStream("sample-corpus/" + name)) {
            if (in == null) {
                throw new IllegalStateException("The application jar lacks sample-corpus/" + name);
            }
            return in.readAllBytes();
        }
    }
}
