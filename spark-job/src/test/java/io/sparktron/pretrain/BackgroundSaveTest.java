package io.sparktron.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.pretrain.HookedFileSystem.Hook;
import io.sparktron.rank.RankFailedException;
import io.sparktron.rank.RankLauncher;
import io.sparktron.rank.RankProgram;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.run.StepMetrics;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Saves that are written while training goes on. */
@Timeout(120)
class BackgroundSaveTest {
    private static final String SHARD_OF_STEP_4 = "step-00000004-\\w+-rank-00001.safetensors";

    @TempDir
    Path folder;

    private SmallRuns plain;
    private final List<Serializable> reports = new CopyOnWriteArrayList<>();

    @BeforeEach
    void runs() {
        plain = new SmallRuns(folder);
    }

    private SmallRuns hooked(Hook hook) {
        return new SmallRuns("hooked:" + folder, HookedFileSystem.configuration(hook));
    }

    /** Rank 1's shard of step 4 does not go on before {@code released}. */
    private SmallRuns holding(CountDownLatch released) {
        return hooked(file -> {
            if (file.getName().matches(SHARD_OF_STEP_4)) {
                released.await();
            }
        });
    }

    private static SmallRuns.Request request(SmallRuns runs, String run) {
        return runs.request(run).layout(2, 2).microBatch(1).checkpointEvery(4).steps(9);
    }

    /** Ranks as threads, whose reports a test hears before the driver does. */
    private record Observed(Consumer<Serializable> observer) implements RankLauncher {
        @Override
        public <R extends Serializable> List<R> run(
                int ranks, RankProgram<R> program, Consumer<Serializable> onReport, BooleanSupplier stop) {
            return new ThreadRanks(Duration.ofSeconds(60))
                    .run(
                            ranks,
                            program,
                            message -> {
                                observer.accept(message);
                                onReport.accept(message);
                            },
                            stop);
        }
    }

    private Observed observing(Consumer<Serializable> reaction) {
        return new Observed(message -> {
            reports.add(message);
            reaction.accept(message);
        });
    }

    /** Training may be quicker than the disk. */
    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isStep(Serializable message, long step) {
        return message instanceof PretrainReport.Step made && made.metrics().step() == step;
    }

    @Test
    void writesTheSameFilesAsASaveThatIsWaitedFor() throws Exception {
        request(plain, "waited").checkpointEvery(3).run();
        request(plain, "background").checkpointEvery(3).inBackground().run();
        assertThat(files("background")).hasSizeGreaterThan(3 * 3).isEqualTo(files("waited"));
        assertThat(plain.progress()).anyMatch(line -> line.endsWith("MiB of it for saves while training goes on"));
        assertThat(plain.losses("background")).isEqualTo(plain.losses("waited"));
        assertThat(Checkpoint.all(plain.folder("background"), SmallRuns.HADOOP))
                .extracting(checkpoint -> checkpoint.metadata().metrics().stream()
                        .map(line -> StepMetrics.parse(line).step())
                        .toList())
                .containsExactly(List.of(1L, 2L, 3L), List.of(4L, 5L, 6L), List.of(7L, 8L, 9L));
    }

    /** The shard is written only after step 6, and holds the state after step 4. */
    @Test
    void trainingGoesOnMeanwhile() throws Exception {
        request(plain, "waited").run();
        CountDownLatch released = new CountDownLatch(1);
        request(holding(released), "run").inBackground().run(observing(message -> {
            if (isStep(message, 6)) {
                released.countDown();
            }
        }));
        assertThat(files("run")).isEqualTo(files("waited"));
        assertThat(reports.indexOf(new PretrainReport.Saved(4)))
                .isGreaterThan(reports.indexOf(reports.stream()
                        .filter(message -> isStep(message, 6))
                        .findFirst()
                        .orElseThrow()));
    }

    /** The shard of step 4 is written only once the ranks say that they wait, be it for that save or, on a slow disk, for the one before. */
    @Test
    void aSaveThatIsDueWaitsForTheOneBeforeAndSaysSoOnce() throws Exception {
        request(plain, "waited").checkpointEvery(2).run();
        CountDownLatch released = new CountDownLatch(1);
        SmallRuns runs = holding(released);
        request(runs, "run").checkpointEvery(2).inBackground().run(observing(message -> {
            if (message instanceof PretrainReport.SaveOverdue) {
                released.countDown();
            }
        }));
        assertThat(files("run")).isEqualTo(files("waited"));
        assertThat(runs.progress())
                .filteredOn(line -> line.contains("training waits for it"))
                .singleElement()
                .asString()
                .contains("train.checkpoint-every");
        assertThat(reports).filteredOn(PretrainReport.Saved.class::isInstance).hasSize(5);
    }

    @Test
    void onlySoManyAreKept() throws Exception {
        request(plain, "run")
                .checkpointEvery(2)
                .checkpointKeep(2)
                .inBackground()
                .run();
        assertThat(Checkpoint.all(plain.folder("run"), SmallRuns.HADOOP))
                .extracting(checkpoint -> checkpoint.metadata().step())
                .containsExactly(8L, 9L);
    }

    /** On a slow disk step 8 may have to wait for step 4 to fail, and says so: that line is not counted here. */
    @Test
    void oneThatFailsLeavesNothingAndTheNextSucceeds() throws Exception {
        SmallRuns runs = hooked(file -> {
            if (file.getName().matches(SHARD_OF_STEP_4)) {
                throw new IOException("No space left on device");
            }
        });
        request(runs, "run").inBackground().run(observing(message -> {}));
        assertThat(runs.progress())
                .filteredOn(line -> line.contains("could not be saved"))
                .singleElement()
                .asString()
                .contains("step 4 could not be saved, training goes on", "rank 1 could not write", "No space left");
        assertThat(folder.resolve("run/checkpoints/step-00000004")).doesNotExist();
        Checkpoint next = Checkpoint.all(plain.folder("run"), SmallRuns.HADOOP).get(0);
        assertThat(next.metadata().step()).isEqualTo(8);
        assertThat(next.metadata().metrics()).hasSize(8); // also those of the save that failed
    }

    /** The state before the step is good, and its save was on its way. */
    @Test
    void aStepThatIsNotFiniteEndsTheRunAfterThePendingSave() {
        SmallRuns runs = new SmallRuns("hooked:" + folder, HookedFileSystem.slow("rank-00001.safetensors", 10));
        assertThatThrownBy(() -> request(runs, "run")
                        .checkpointEvery(1)
                        .peak(1e30)
                        .inBackground()
                        .run())
                .hasRootCauseInstanceOf(NotFiniteException.class);
        assertThat(Checkpoint.open(plain.folder("run"), SmallRuns.HADOOP)
                        .metadata()
                        .step())
                .isEqualTo(plain.metrics("run").size());
    }

    /** A rank is lost in step 6 while the shard of step 4 is being written. */
    @Test
    void aRankThatIsLostMeanwhileLeavesNoManifest() throws Exception {
        request(plain, "whole").run();
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch halfway = new CountDownLatch(4); // blocks
        SmallRuns runs = hooked(file -> {
            if (file.getName().matches(SHARD_OF_STEP_4)) {
                halfway.countDown();
                if (halfway.getCount() == 0) {
                    never.await();
                }
            }
        });
        assertThatThrownBy(() -> request(runs, "run").inBackground().run(observing(message -> {
                    if (isStep(message, 6)) {
                        await(halfway);
                        throw new IllegalStateException("lost");
                    }
                })))
                .isInstanceOf(RankFailedException.class)
                .hasMessageContaining("lost");
        assertThat(halfway.getCount()).isZero();
        try (Stream<Path> left = Files.list(folder.resolve("run/checkpoints/step-00000004"))) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .noneMatch(name -> name.equals("manifest.json") || name.matches(SHARD_OF_STEP_4));
        }
        request(plain, "run").inBackground().run();
        assertThat(plain.losses("run")).isEqualTo(plain.losses("whole"));
    }

    /** A stop comes while the shard of step 4 is being written: both it and the last are saved. */
    @Test
    void aStopWaitsForIt() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        SmallRuns runs = holding(released);
        StopRule afterFive = () ->
                reports.stream().anyMatch(message -> isStep(message, 5)) ? Optional.of("enough") : Optional.empty();
        Thread slowDisk = new Thread(() -> {
            try {
                Thread.sleep(300);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            released.countDown();
        });
        boolean finished = request(runs, "run")
                .inBackground()
                .run(
                        observing(message -> {
                            if (isStep(message, 5)) {
                                slowDisk.start();
                            }
                        }),
                        afterFive);
        assertThat(finished).isFalse();
        assertThat(Checkpoint.all(plain.folder("run"), SmallRuns.HADOOP))
                .extracting(checkpoint -> checkpoint.metadata().step())
                .hasSize(2)
                .startsWith(4L);
        slowDisk.join();
    }

    @Test
    void autoTellsWhatItDecided() {
        plain.request("run").steps(1).saveInBackground(SaveInBackground.AUTO).run();
        assertThat(plain.progress())
                .filteredOn(line -> line.contains(" ready, "))
                .singleElement()
                .asString()
                .containsAnyOf("MiB of it for saves while training goes on", "no room for");
    }

    /** Content by name, without the words of attempts and what was measured with a clock. */
    private Map<String, Object> files(String run) throws IOException {
        Map<String, Object> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder.resolve(run).resolve("checkpoints"))) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String name = folder.resolve(run).relativize(file).toString();
                if (name.endsWith("manifest.json")) {
                    ObjectNode manifest =
                            (ObjectNode) new ObjectMapper().readTree(withoutAttempts(Files.readString(file)));
                    manifest.findParent("metrics").remove("metrics");
                    files.put(name, manifest);
                } else {
                    files.put(withoutAttempts(name), Arrays.hashCode(Files.readAllBytes(file)));
                }
            }
        }
        return files;
    }

    private static String withoutAttempts(String text) {
        return text.replaceAll("(step-\\d{8})-\\w+-(rank-\\d{5})", "$1-$2");
    }
}
