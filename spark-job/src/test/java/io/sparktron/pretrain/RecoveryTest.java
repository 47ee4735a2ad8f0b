package io.sparktron.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.collective.CommunicatorException;
import io.sparktron.rank.RankFailedException;
import io.sparktron.rank.RankFailedException.Kind;
import io.sparktron.rank.RankLauncher;
import io.sparktron.rank.RankProgram;
import io.sparktron.rank.SlotsMissingException;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs of 10 steps, a checkpoint after each third, whose ranks are lost after steps that the test names. */
@Timeout(120)
class RecoveryTest {
    @TempDir
    Path folder;

    private SmallRuns runs;

    @BeforeEach
    void undisturbed() {
        runs = new SmallRuns(folder);
        runs.request("whole").layout(2, 1).run();
    }

    /** Ranks as threads; the k-th time that they are launched, they are lost after the k-th of the steps. */
    private static class Unlucky implements RankLauncher {
        private final RankLauncher launcher = new ThreadRanks(Duration.ofSeconds(60));
        private final long[] lostAfter;
        private int launched;

        Unlucky(long... lostAfter) {
            this.lostAfter = lostAfter;
        }

        @Override
        public <R extends Serializable> List<R> run(
                int ranks, RankProgram<R> program, Consumer<Serializable> onReport, BooleanSupplier stop) {
            int attempt = launched++;
            beforeAttempt(attempt);
            return launcher.run(
                    ranks,
                    program,
                    message -> {
                        onReport.accept(message);
                        if (attempt < lostAfter.length
                                && message instanceof PretrainReport.Step step
                                && step.metrics().step() == lostAfter[attempt]) {
                            throw new CommunicatorException("rank 1 died after " + lostAfter[attempt]);
                        }
                    },
                    stop);
        }

        void beforeAttempt(int attempt) {}
    }

    private SmallRuns.Request request() {
        return runs.request("run").layout(2, 1).checkpointEvery(3);
    }

    @Test
    void aRunWhoseRanksAreLostGoesOnByItselfToTheSameBits() throws Exception {
        request().retries(1).run(new Unlucky(5, 8));
        assertThat(runs.losses("run")).isEqualTo(runs.losses("whole"));
        assertThat(runs.progress())
                .anyMatch(line -> line.startsWith("after step 5: rank ")
                        && line.endsWith("died after 5; retry 1 of 1 in 0 s, from step 3"))
                .anyMatch(line -> line.endsWith("died after 8; retry 1 of 1 in 0 s, from step 6"));
        List<JsonNode> attempts = attempts();
        assertThat(attempts)
                .extracting(attempt -> attempt.get("resumed_after_step").asInt())
                .containsExactly(0, 3, 6);
        assertThat(attempts)
                .extracting(attempt -> attempt.get("attempt").asText())
                .doesNotHaveDuplicates();
        assertThat(attempts.get(0).get("ended").asText()).contains("died after 5");
        assertThat(attempts.get(2).get("ended").asText()).isEqualTo("finished");
    }

    @Test
    void retriesAreUsedUpByFailuresWithoutANewCheckpoint() {
        assertThatThrownBy(() -> request().retries(2).run(new Unlucky(4, 5, 5)))
                .isInstanceOf(RankFailedException.class)
                .hasMessageContainingAll("died after 4", "given up after 2 retries", "job.retries", "died after 5");
    }

    /** The attempt that follows makes the one step in which its ranks agree to stop. */
    @Test
    @Timeout(40)
    void aStopEndsTheWaitForARetry() throws Exception {
        StopRule whileWaiting = () -> runs.progress().stream().anyMatch(line -> line.contains("retry 1 of 1 in 60 s"))
                ? Optional.of("somebody waits")
                : Optional.empty();
        boolean finished = request().retries(1, Duration.ofHours(1)).run(new Unlucky(5), whileWaiting);
        assertThat(finished).isFalse();
        assertThat(runs.progress()).last().asString().startsWith("stopped at step 4 of 10 (somebody waits)");
        assertThat(attempts().get(1).get("ended").asText()).isEqualTo("stopped at step 4: somebody waits");
    }

    @Test
    void lostBeforeTheFirstCheckpointItBeginsAgain() {
        request().retries(1).run(new Unlucky(2));
        assertThat(runs.losses("run")).isEqualTo(runs.losses("whole"));
        assertThat(runs.progress()).anyMatch(line -> line.endsWith("from the beginning"));
    }

    @Test
    void aStartWithoutRetriesEndsWithTheFirstLossAndTheNextGoesOn() throws Exception {
        assertThatThrownBy(() -> request().retries(0).run(new Unlucky(5)))
                .isInstanceOf(RankFailedException.class)
                .hasMessageEndingWith("died after 5");
        request().run(new Unlucky());
        assertThat(runs.losses("run")).isEqualTo(runs.losses("whole"));
        assertThat(attempts()).hasSize(2);
    }

    @Test
    void whatWouldFailAgainIsNotTriedAgain() {
        Unlucky launcher = new Unlucky();
        assertThatThrownBy(() -> request().peak(1e30).retries(3).run(launcher))
                .isInstanceOf(RankFailedException.class)
                .hasRootCauseInstanceOf(NotFiniteException.class);
        assertThat(launcher.launched).isEqualTo(1);
    }

    @Test
    void withoutAPlaceForAnotherAttemptTheFirstCauseIsTold() {
        Unlucky launcher = new Unlucky(5) {
            @Override
            void beforeAttempt(int attempt) {
                if (attempt == 1) {
                    throw new SlotsMissingException("3 of 4 slots");
                }
            }
        };
        assertThatThrownBy(() -> request().retries(3).run(launcher))
                .isInstanceOf(SlotsMissingException.class)
                .hasMessageContainingAll("died after 5", "; no retry: 3 of 4 slots");
    }

    @Test
    void anAutomaticRestartPassesOverADamagedCheckpointAndSaysSo() {
        Unlucky launcher = new Unlucky(8) {
            @Override
            void beforeAttempt(int attempt) {
                if (attempt == 1) {
                    flipLastByteOf("step-00000006", ".safetensors");
                }
            }
        };
        request().retries(1).run(launcher);
        assertThat(runs.losses("run")).isEqualTo(runs.losses("whole"));
        assertThat(runs.progress())
                .anyMatch(line -> line.startsWith("warning: going back to the checkpoint before ")
                        && line.contains("step-00000006")
                        && line.contains("has CRC32C"))
                .anyMatch(line -> line.contains("goes on after step 3"));
    }

    /** The one that was damaged is saved anew on the way, and is where the next attempt goes on. */
    @Test
    void aCheckpointThatWasSavedAnewIsNotPassedOver() {
        Unlucky launcher = new Unlucky(8, 99, 8) {
            @Override
            void beforeAttempt(int attempt) {
                if (attempt == 1) {
                    flipLastByteOf("step-00000006", ".safetensors");
                }
            }
        };
        request().checkpointKeep(2).retries(2).run(launcher);
        assertThat(runs.losses("run")).isEqualTo(runs.losses("whole"));
        assertThat(runs.progress())
                .filteredOn(line -> line.contains("goes on after step "))
                .extracting(line -> line.replaceFirst(".* goes on after step (\\d+).*", "$1"))
                .endsWith("6", "3", "6");
    }

    @Test
    void aStartByHandStopsAtADamagedCheckpoint() {
        request().steps(6).run();
        flipLastByteOf("step-00000006", ".safetensors");
        assertThatThrownBy(() -> request().retries(3).run())
                .isInstanceOf(RankFailedException.class)
                .hasCauseInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("step-00000006", "has CRC32C");
    }

    /** Between two attempts, for once, the file system does not do what it should. */
    @Test
    void metricsThatCannotBeOpenedAreTriedAgain() {
        AtomicInteger opened = new AtomicInteger();
        SmallRuns hooked = new SmallRuns("hooked:" + folder, HookedFileSystem.configuration(file -> {
            if (file.getName().equals(".metrics.jsonl.temporary") && opened.incrementAndGet() == 1) {
                throw new IOException("no route to host");
            }
        }));
        hooked.request("run").layout(2, 1).checkpointEvery(3).retries(2).run(new Unlucky(5));
        assertThat(opened).hasValue(2);
        assertThat(hooked.progress())
                .anyMatch(line ->
                        line.contains("metrics.jsonl of ") && line.endsWith("; retry 2 of 2 in 0 s, from step 3"));
        assertThat(runs.losses("run")).isEqualTo(runs.losses("whole"));
    }

    @Test
    void noCheckpointIsLeftToGoBackTo() {
        request().steps(3).run();
        Unlucky launcher = new Unlucky(5) {
            @Override
            void beforeAttempt(int attempt) {
                if (attempt == 1) {
                    flipLastByteOf("step-00000003", ".safetensors");
                }
            }
        };
        assertThatThrownBy(() -> request().retries(3).run(launcher))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("no undamaged checkpoint is left", "step-00000003");
    }

    @Test
    void withADamagedManifestTooItBeginsWhereTheCommandBegan() {
        Unlucky launcher = new Unlucky(5, 4) {
            @Override
            void beforeAttempt(int attempt) {
                if (attempt == 1) {
                    flipLastByteOf("step-00000003", ".safetensors");
                } else if (attempt == 2) {
                    truncate(only("step-00000003", "manifest.json"));
                }
            }
        };
        request().retries(3).run(launcher);
        assertThat(runs.losses("run")).isEqualTo(runs.losses("whole"));
    }

    private List<JsonNode> attempts() throws IOException {
        JsonNode page = new ObjectMapper().readTree(Files.readString(folder.resolve("run/run.json")));
        return Stream.iterate(0, i -> i + 1)
                .limit(page.get("attempts").size())
                .map(page.get("attempts")::get)
                .toList();
    }

    private void flipLastByteOf(String step, String ending) {
        Path file = only(step, ending);
        try {
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length - 1] ^= 1;
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void truncate(Path file) {
        try {
            Files.write(file, new byte[0]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path only(String step, String ending) {
        try (Stream<Path> files = Files.list(folder.resolve("run/checkpoints").resolve(step))) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void waitsDoubleUpToAMinute() {
        RetryPolicy policy = new RetryPolicy(9, Duration.ofSeconds(2));
        assertThat(Stream.of(1, 2, 3, 5, 6, 40).map(policy::waitBefore).map(Duration::toSeconds))
                .containsExactly(2L, 4L, 8L, 32L, 60L, 60L);
        assertThat(new RetryPolicy(1, Duration.ofSeconds(90)).waitBefore(1)).isEqualTo(RetryPolicy.LONGEST_WAIT);
        assertThat(new RetryPolicy(1, Duration.ZERO).waitBefore(1)).isZero();
    }

    @Test
    void theKindOfAFailureSaysWhetherItMayPass() {
        assertThat(Stream.of(Kind.values()).filter(Kind::mayPass)).containsExactly(Kind.LOST, Kind.INPUT_OUTPUT);
    }
}
