package io.sparktron.preflight;

import static io.sparktron.preflight.SmallRun.HADOOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.collective.Network;
import io.sparktron.collective.ThreadRendezvous;
import io.sparktron.data.TokenDataset;
import io.sparktron.parallel.Layout;
import io.sparktron.preflight.Finding.Level;
import io.sparktron.rank.GpuUse;
import io.sparktron.storage.HadoopSettings;
import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The checks of two ranks, on threads, as if they were on two hosts: each test spoils what the second one sees. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RankSideTest {
    @TempDir
    Path folder;

    private SmallRun run;
    private SharedFolder shared;
    private RankSide.Dataset dataset;

    @BeforeEach
    void dataset() throws IOException {
        run = new SmallRun(folder);
        Files.createDirectory(run.run());
        shared = SharedFolder.of(run.run().toString());
        String fingerprint =
                TokenDataset.open(run.tokens().toString(), HADOOP).manifest().fingerprint();
        dataset = new RankSide.Dataset("data.train", run.tokens().toString(), fingerprint);
    }

    private List<Finding> findings(RankSide second) throws Exception {
        return findings(side(dataset, shared), second);
    }

    private List<Finding> findings(RankSide... sides) throws Exception {
        ThreadRendezvous rendezvous = new ThreadRendezvous(2, Duration.ofSeconds(30));
        List<CompletableFuture<RankReport>> answers = new ArrayList<>();
        try (ProbeFile ours = shared.ofDriver(HADOOP)) {
            assertThat(ours.folder().getName()).isEqualTo("run");
            for (int rank = 0; rank < 2; rank++) {
                int number = rank;
                answers.add(CompletableFuture.supplyAsync(() -> {
                    try {
                        Network network = new Network("127.0.0.1", 0, 0, "secret", Duration.ofSeconds(2));
                        return sides[number].run(
                                rendezvous.end(number),
                                Situations.process(number == 0 ? "a" : "b", number, network, ""));
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }));
            }
            List<RankReport> reports =
                    answers.stream().map(CompletableFuture::join).toList();
            return RankReport.merged(reports);
        }
    }

    private static RankSide side(RankSide.Dataset dataset, SharedFolder shared) {
        return new RankSide(
                1 << 20, new Layout(1, 2), GpuUse.NEVER, List.of(dataset), shared, new HadoopSettings(HADOOP));
    }

    private Finding only(RankSide second) throws Exception {
        List<Finding> problems = findings(second).stream()
                .filter(finding -> finding.level().stops())
                .toList();
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0).found()).startsWith("rank 1 (host b");
        assertNothingLeft();
        return problems.get(0);
    }

    private void assertNothingLeft() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files).noneMatch(file -> file.getFileName().toString().startsWith(".preflight"));
        }
    }

    @Test
    void ranksThatSeeTheSame() throws Exception {
        assertThat(findings(side(dataset, shared))).extracting(Finding::level).containsOnly(Level.OK);
        assertNothingLeft();
    }

    @Test
    void aRunFolderThatIsNotShared() throws Exception {
        Path other = folder.resolve("other");
        Finding finding = only(side(dataset, new SharedFolder(other.toString(), shared.token())));
        assertThat(finding.level()).isEqualTo(Level.PROBLEM);
        assertThat(finding.found()).contains("other does not show what driver wrote there");
        assertThat(finding.fix()).contains("file system that all hosts share");
        assertThat(other).doesNotExist();
    }

    @Test
    void aRunFolderThatOnlyTheDriverCanWrite() throws Exception {
        Finding finding = only(side(dataset, new SharedFolder("/proc/none", shared.token())));
        assertThat(finding.level()).isEqualTo(Level.PROBLEM);
        assertThat(finding.found()).contains("/proc/none cannot be written");
    }

    /** That one thing cannot be looked at does not hide the others. */
    @Test
    void aRunFolderThatCannotBeRead() throws Exception {
        SharedFolder unreadable = new SharedFolder("smalldisk:" + run.run(), shared.token());
        Finding finding = only(new RankSide(
                1 << 20,
                new Layout(1, 2),
                GpuUse.NEVER,
                List.of(dataset),
                unreadable,
                settings(SmallDisk.unreadable("-driver"))));
        assertThat(finding.level()).isEqualTo(Level.PROBLEM);
        assertThat(finding.found()).contains("cannot be read: Stale file handle");
    }

    /** Of a run folder that the driver cannot write there is nothing to look at. */
    @Test
    void ranksWithoutARunFolder() throws Exception {
        assertThat(findings(side(dataset, null), side(dataset, null)))
                .extracting(Finding::level)
                .containsOnly(Level.OK);
    }

    /** Ranks that are ended leave their files. */
    @Test
    void theDriverRemovesWhatRanksLeave() throws Exception {
        SharedFolder made = SharedFolder.of(folder.resolve("new/run").toString());
        try (ProbeFile ours = made.ofDriver(HADOOP)) {
            assertThat(ours.folder().getName()).isEqualTo("run");
            made.ofRank(1, HADOOP);
            Files.writeString(folder.resolve("new/run/notes"), "of a person");
            made.clear(HADOOP);
            assertNothingLeft();
            Files.delete(folder.resolve("new/run/notes"));
        }
        assertThat(folder.resolve("new")).doesNotExist();
    }

    /** One of yesterday may still be at it. */
    @Test
    void whatAKilledDriverLeftGoesAfterADay() throws Exception {
        Path old = Files.writeString(run.run().resolve(".preflight-old-driver"), "");
        Path young = Files.writeString(run.run().resolve(".preflight-young-driver"), "");
        Path other = Files.writeString(run.run().resolve("run.json"), "");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
        Files.setLastModifiedTime(young, FileTime.from(Instant.now().minus(Duration.ofHours(23))));
        Files.setLastModifiedTime(other, FileTime.from(Instant.EPOCH));
        shared.ofDriver(HADOOP).close();
        assertThat(old).doesNotExist();
        assertThat(young).exists();
        assertThat(other).exists();
    }

    /** Another has just removed it, as it may between any two calls. */
    @Test
    void aFolderThatIsGoneAlreadyIsNoFailure() throws Exception {
        SharedFolder made = SharedFolder.of("smalldisk:" + folder.resolve("new"));
        made.ofRank(0, SmallDisk.vanishing("new")).close();
        assertThat(folder.resolve("new")).doesNotExist();
    }

    private static HadoopSettings settings(Configuration hadoop) {
        return new HadoopSettings(hadoop);
    }

    @Test
    void aDatasetThatIsNotThere() throws Exception {
        Finding finding = only(side(
                new RankSide.Dataset("data.train", folder.resolve("none").toString(), dataset.fingerprint()), shared));
        assertThat(finding.found()).contains("none is not a token dataset");
    }

    @Test
    void anotherDataset() throws Exception {
        Finding finding = only(side(new RankSide.Dataset("data.train", dataset.path(), "c0ffee"), shared));
        assertThat(finding.found()).contains("is another dataset here than on the driver");
    }

    @Test
    void samplesThatCannotBeDecodedOrHaveIdsOutsideTheVocabulary() throws Exception {
        SmallRun copy = new SmallRun(folder.resolve("copy"));
        byte[] samples = Files.readAllBytes(copy.samples());
        Arrays.fill(samples, 4, samples.length / 2, (byte) 0);
        Files.deleteIfExists(copy.tokens().resolve(".part-00000.parquet.crc"));
        Files.write(copy.samples(), samples);
        assertThat(only(side(of(copy), shared)).found()).contains("part-00000.parquet has SHA-256");

        SmallRun narrow = new SmallRun(folder.resolve("narrow"));
        narrow.describe(
                new Manifest.Vocabulary("gpt2", 7, 6),
                List.of(new Manifest.DataFile("part-00000.parquet", 0, 20, null, null)));
        assertThat(only(side(of(narrow), shared)).found()).contains("id 7").contains("0 to 6");
    }

    private static RankSide.Dataset of(SmallRun run) {
        String path = run.tokens().toString();
        return new RankSide.Dataset(
                "data.train", path, TokenDataset.open(path, HADOOP).manifest().fingerprint());
    }

    @Test
    void aLocalDiskWithoutRoom() {
        assertThat(LocalDiskChecks.of(List.of(folder.toString())).level()).isEqualTo(Level.OK);
        Finding full = LocalDiskChecks.of(List.of(folder.toString()), Long.MAX_VALUE);
        assertThat(full.level()).isEqualTo(Level.PROBLEM);
        assertThat(full.found()).startsWith(folder.toString());
        assertThat(full.fix()).contains("--conf spark.local.dir=FOLDER");
    }
}
