package io.sparktron.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.collective.Communicator;
import io.sparktron.rank.NotStartedException;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.RankFailedException;
import io.sparktron.rank.RankLauncher;
import io.sparktron.rank.RankProgram;
import io.sparktron.rank.ThreadRanks;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs that are asked to end before their last step: they save where they stand, and go on as if nothing had been. */
@Timeout(120)
class StopTest {
    @TempDir
    Path folder;

    private SmallRuns runs;

    @BeforeEach
    void runs() {
        runs = new SmallRuns(folder);
    }

    /** A clock on which a minute passes whenever somebody looks. */
    private static TimeLimit minutes(double limit) {
        AtomicLong minute = new AtomicLong();
        return new TimeLimit(limit, () -> TimeUnit.MINUTES.toNanos(minute.getAndIncrement()));
    }

    @Test
    void theTimeLimitCountsFromItsMakingAndNeverTakesItBack() {
        TimeLimit limit = minutes(2.5);
        assertThat(limit.reason()).isEmpty();
        assertThat(limit.reason()).isEmpty();
        assertThat(limit.reason()).hasValue("train.max-minutes = 2.5");
        assertThat(limit.reason()).isPresent();
    }

    /** The clock is asked once a step: minute 3 comes in step 3, after which no checkpoint is due. */
    @Test
    void maxMinutesSavesAfterTheStepAndTheNextCallGoesOnToTheSameBits() {
        runs.request("whole").run();
        assertThat(runs.request("parts").checkpointEvery(2).run(minutes(3))).isFalse();
        assertThat(runs.progress())
                .last()
                .asString()
                .startsWith("stopped at step 3 of 10 (train.max-minutes = 3.0)")
                .endsWith("run folder " + runs.folder("parts"));
        assertThat(newest("parts")).isEqualTo(3);
        assertThat(runs.request("parts").checkpointEvery(2).run(minutes(4))).isFalse();
        assertThat(newest("parts")).isEqualTo(7);
        assertThat(runs.request("parts").run(minutes(100))).isTrue();
        assertThat(runs.losses("parts")).isEqualTo(runs.losses("whole"));
    }

    /** Rank r alone hears of the wish, after it has been asked for so many steps. */
    private record OneHears(ThreadRanks ranks, int rank, int after) implements RankLauncher {
        @Override
        public <R extends Serializable> List<R> run(
                int count, RankProgram<R> program, Consumer<Serializable> onReport, BooleanSupplier stop) {
            return ranks.run(
                    count,
                    context -> {
                        AtomicLong asked = new AtomicLong();
                        return program.run(new Overheard(
                                context, () -> context.rank() == rank && asked.incrementAndGet() > after));
                    },
                    onReport);
        }
    }

    private record Overheard(RankContext context, BooleanSupplier stop) implements RankContext {
        @Override
        public int rank() {
            return context.rank();
        }

        @Override
        public int ranks() {
            return context.ranks();
        }

        @Override
        public String host() {
            return context.host();
        }

        @Override
        public int ranksOnHost() {
            return context.ranksOnHost();
        }

        @Override
        public Communicator world() {
            return context.world();
        }

        @Override
        public void report(Serializable message) {
            context.report(message);
        }

        @Override
        public boolean cancelled() {
            return context.cancelled();
        }

        @Override
        public boolean stopRequested() {
            return stop.getAsBoolean();
        }
    }

    @ParameterizedTest(name = "rank {0} in step {1}")
    @CsvSource({"0, 1", "1, 6", "3, 9", "2, 10"})
    void allRanksStopAfterTheStepInWhichOneHearsOfIt(int rank, int step) throws Exception {
        OneHears launcher = new OneHears(new ThreadRanks(Duration.ofSeconds(60)), rank, step - 1);
        PretrainRequest request = runs.request("run").layout(2, 2).microBatch(1).build();
        boolean finished = Pretrain.run(request, launcher, SmallRuns.HADOOP, StopRule.NEVER, line -> {});
        assertThat(finished).isEqualTo(step == 10);
        assertThat(newest("run")).isEqualTo(step);
        assertThat(runs.metrics("run")).hasSize(step);
    }

    @Test
    void aWishThatComesBeforeTheRanksIsNoFailure() throws Exception {
        runs.request("run").steps(4).run();
        RankLauncher late = new RankLauncher() {
            @Override
            public <R extends Serializable> List<R> run(
                    int ranks, RankProgram<R> program, Consumer<Serializable> onReport, BooleanSupplier stop) {
                throw new NotStartedException("no executor came");
            }
        };
        boolean finished =
                Pretrain.run(runs.request("run").build(), late, SmallRuns.HADOOP, minutes(0.5), runs.progress()::add);
        assertThat(finished).isFalse();
        assertThat(runs.progress()).last().asString().startsWith("stopped at step 4 of 10");
    }

    @Test
    void aStopThatCannotSaveFailsAtOnce() throws Exception {
        Files.createDirectories(folder.resolve("run"));
        Files.writeString(folder.resolve("run/checkpoints"), "in the way");
        assertThatThrownBy(() -> runs.request("run").retries(2).run(minutes(2)))
                .isInstanceOf(RankFailedException.class)
                .hasMessageContaining("step-00000002");
        assertThat(runs.progress()).noneMatch(line -> line.contains("retry"));
    }

    /** Rank 3 alone has no room; the others end with it, and the driver may hear any of them first. */
    @Test
    void aLastSaveThatFailsIsTriedAgain() {
        AtomicLong failures = new AtomicLong();
        SmallRuns hooked = new SmallRuns("hooked:" + folder, HookedFileSystem.configuration(file -> {
            if (file.getName().endsWith("rank-00003.safetensors") && failures.getAndIncrement() == 0) {
                throw new IOException("No space left on device");
            }
        }));
        hooked.request("run").layout(2, 2).microBatch(1).retries(1).run();
        assertThat(newest("run")).isEqualTo(10);
        assertThat(hooked.progress()).anyMatch(line -> line.contains("No space left") && line.contains("retry 1 of 1"));
    }

    private long newest(String run) {
        return Checkpoint.open(runs.folder(run), SmallRuns.HADOOP).metadata().step();
    }
}
