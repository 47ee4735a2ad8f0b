package io.sparktron.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.collective.Collective;
import io.sparktron.collective.HostIdentity;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.rank.GpuUse;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.RankFailedException;
import io.sparktron.rank.RankFailedException.Kind;
import io.sparktron.rank.RankProgram;
import io.sparktron.tensor.Queue;
import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Barrier stages on four executor processes, which see the packaged application jar and these test classes. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class SparkRanksIT {
    private static final List<String> SAID = new CopyOnWriteArrayList<>();
    private static final Duration PEER_TIMEOUT = Duration.ofSeconds(10);

    private static SparkRanks ranks;

    @BeforeAll
    static void startExecutors() {
        String classPath = System.getProperty("sparktron.jar") + ":"
                + SparkRanksIT.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath();
        SparkConf given = new SparkConf().set("spark.ui.enabled", "false");
        ranks = new SparkRanks(
                RankSpark.configure(given, "local-cluster[4,1,512]", 4, GpuUse.NEVER, classPath),
                HostSettings.standard(),
                Duration.ofSeconds(240),
                PEER_TIMEOUT,
                SAID::add);
    }

    @AfterAll
    static void stopExecutors() {
        ranks.close();
    }

    private record Answer(int rank, int ranks, long process) implements Serializable {}

    private static final class Greet implements RankProgram<Answer> {
        private static final long serialVersionUID = 1L;

        @Override
        public Answer run(RankContext context) {
            for (int i = 0; i < 100; i++) {
                context.report(context.rank() * 1000 + i);
            }
            return new Answer(
                    context.rank(), context.ranks(), ProcessHandle.current().pid());
        }
    }

    @Test
    void eachRankHasItsOwnProcessAndItsReportsArriveInOrder() {
        List<Integer> reports = new ArrayList<>();
        List<Answer> answers = ranks.run(4, new Greet(), report -> reports.add((Integer) report));
        assertThat(answers).extracting(Answer::rank).containsExactly(0, 1, 2, 3);
        assertThat(answers).extracting(Answer::ranks).containsOnly(4);
        assertThat(answers).extracting(Answer::process).doesNotHaveDuplicates();
        assertThat(answers)
                .extracting(Answer::process)
                .doesNotContain(ProcessHandle.current().pid());
        assertThat(SAID).contains("ranks 0-3 on host " + HostIdentity.current().name() + ": shared memory");
        assertThat(reports).hasSize(400);
        for (int rank = 0; rank < 4; rank++) {
            int first = rank * 1000;
            assertThat(reports)
                    .filteredOn(report -> report / 1000 == first / 1000)
                    .isSorted();
        }
    }

    private record Fail(int failing, String how) implements RankProgram<Integer> {
        @Override
        public Integer run(RankContext context) throws Exception {
            if (context.rank() == failing) {
                switch (how) {
                    case "input" -> throw new InvalidInputException("the dataset is torn");
                    case "die" -> Runtime.getRuntime().halt(137);
                    default -> throw new ArithmeticException(how);
                }
            }
            try (HostDevice device = new HostDevice(1)) {
                Queue queue = device.newQueue("compute");
                while (true) {
                    context.world().run(new Collective.Barrier(), queue);
                }
            }
        }
    }

    @Test
    void namesTheRankThatFailedFirstAndItsCause() {
        assertThatThrownBy(() -> ranks.run(4, new Fail(2, "NaN in step 3"), report -> {}))
                .isInstanceOf(RankFailedException.class)
                .hasMessageContaining("rank 2 (host ")
                .hasMessageContaining("ArithmeticException: NaN in step 3")
                .hasCauseInstanceOf(ArithmeticException.class)
                .satisfies(failure -> assertThat(kind(failure)).isEqualTo(Kind.PROGRAM));
    }

    @Test
    void keepsTheTypeOfAnInputError() {
        assertThatThrownBy(() -> ranks.run(4, new Fail(1, "input"), report -> {}))
                .isInstanceOf(RankFailedException.class)
                .hasMessageContaining("rank 1")
                .hasCauseInstanceOf(InvalidInputException.class);
    }

    @Test
    void namesTheRankWhoseExecutorDied() {
        assertThatThrownBy(() -> ranks.run(4, new Fail(3, "die"), report -> {}))
                .isInstanceOf(RankFailedException.class)
                .hasMessageContaining("rank 3 (host ")
                .hasMessageContaining("was lost")
                .hasMessageContaining("137")
                .satisfies(failure -> assertThat(kind(failure)).isEqualTo(Kind.LOST));
    }

    private static Kind kind(Throwable failure) {
        return ((RankFailedException) failure).kind();
    }

    /** Rank 0 fails; rank 1 takes no notice of interrupts, as native code does; rank 2 stops its process. */
    private static final class DoNotEnd implements RankProgram<Integer> {
        private static final long serialVersionUID = 1L;

        @Override
        public Integer run(RankContext context) throws Exception {
            try (HostDevice device = new HostDevice(1)) {
                context.world().run(new Collective.Barrier(), device.newQueue("compute"));
            }
            switch (context.rank()) {
                case 1 -> sleepForEver();
                case 2 -> stopThisProcess();
                default -> Thread.sleep(1000);
            }
            throw new ArithmeticException("of rank " + context.rank());
        }

        private static void sleepForEver() {
            while (true) {
                try {
                    Thread.sleep(60_000);
                } catch (InterruptedException noNotice) {
                    continue;
                }
            }
        }
    }

    private static void stopThisProcess() throws Exception {
        long self = ProcessHandle.current().pid();
        new ProcessBuilder("kill", "-STOP", Long.toString(self)).start().waitFor();
        Thread.sleep(60_000);
    }

    @Test
    void ranksThatDoNotEndLoseTheirExecutors() {
        SAID.clear();
        assertThatThrownBy(() -> ranks.run(4, new DoNotEnd(), report -> {}))
                .isInstanceOf(RankFailedException.class)
                .hasCauseInstanceOf(ArithmeticException.class);
        assertThat(SAID)
                .filteredOn(line -> line.contains("; replacing executor "))
                .hasSize(2);
        assertThat(SAID).noneMatch(line -> line.startsWith("warning: executor"));
        assertThat(ranks.run(4, new Greet(), report -> {})).hasSize(4);
    }

    private static final class Hang implements RankProgram<Integer> {
        private static final long serialVersionUID = 1L;

        @Override
        public Integer run(RankContext context) throws Exception {
            stopThisProcess();
            return 0;
        }
    }

    @Test
    void aRankThatHangsWithoutPeersToNoticeItIsLost() {
        assertThatThrownBy(() -> ranks.run(1, new Hang(), report -> {}))
                .isInstanceOf(RankFailedException.class)
                .hasMessageContaining("rank 0 (host ")
                .hasMessageContaining("gave no sign of life for " + PEER_TIMEOUT.toSeconds() + " s")
                .satisfies(failure -> assertThat(kind(failure)).isEqualTo(Kind.LOST));
        assertThat(ranks.run(4, new Greet(), report -> {})).hasSize(4);
    }

    /** Its process runs, and nobody waits for it. */
    private static final class StandStill implements RankProgram<Integer> {
        private static final long serialVersionUID = 1L;

        @Override
        public Integer run(RankContext context) throws Exception {
            for (long end = System.nanoTime() + PEER_TIMEOUT.plusSeconds(3).toNanos(); System.nanoTime() < end; ) {
                context.world().progress();
                Thread.sleep(100);
            }
            Thread.sleep(60_000);
            return 0;
        }
    }

    @Test
    void aRankThatStandsStillAloneIsLostOnceItDoes() {
        assertThatThrownBy(() -> ranks.run(1, new StandStill(), report -> {}))
                .isInstanceOf(RankFailedException.class)
                .hasMessageContaining("rank 0 (host ")
                .hasMessageContaining("made no progress for " + PEER_TIMEOUT.toSeconds() + " s")
                .satisfies(failure -> assertThat(kind(failure)).isEqualTo(Kind.LOST));
    }

    @Test
    void endsTheRanksWhenTheReaderOfReportsFails() {
        assertThatThrownBy(() -> ranks.run(4, new Greet(), report -> {
                    throw new IllegalStateException("disk full");
                }))
                .hasMessage("disk full");
        assertThat(ranks.run(4, new Greet(), report -> {})).hasSize(4);
    }

    @Test
    void refusesMoreRanksThanTheMasterCanEverRun() {
        assertThatThrownBy(() -> ranks.run(5, new Greet(), report -> {}))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("5 ranks")
                .hasMessageContaining("at most 4 slots");
    }
}
