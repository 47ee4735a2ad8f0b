package io.sparktron.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ranks that meet but cannot share memory, and meetings that break. */
@Timeout(60)
class OpeningTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Opens two ranks, the second of which sends a forged first message; the errors by rank. */
    private static List<Throwable> openForged(UnaryOperator<String> forge) {
        ThreadRendezvous meeting = new ThreadRendezvous(2, LIMIT);
        List<FutureTask<Void>> tasks = IntStream.range(0, 2)
                .mapToObj(rank -> new FutureTask<Void>(() -> {
                    Rendezvous end = meeting.end(rank);
                    Rendezvous forging = rank == 0 ? end : new Forging(end, forge);
                    Communicators.onOneHost("world", forging, LIMIT).close();
                    return null;
                }))
                .toList();
        tasks.forEach(task -> new Thread(task).start());
        return tasks.stream().map(OpeningTest::failure).toList();
    }

    private static Throwable failure(FutureTask<Void> task) {
        try {
            task.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static final class Forging implements Rendezvous {
        private final Rendezvous end;
        private final UnaryOperator<String> forge;
        private int calls;

        Forging(Rendezvous end, UnaryOperator<String> forge) {
            this.end = end;
            this.forge = forge;
        }

        @Override
        public int rank() {
            return end.rank();
        }

        @Override
        public int size() {
            return end.size();
        }

        @Override
        public List<String> allGather(String message) {
            return end.allGather(calls++ == 0 ? forge.apply(message) : message);
        }
    }

    private static UnaryOperator<String> field(int index, String value) {
        return message -> {
            String[] fields = message.split(" ");
            fields[index] = value;
            return String.join(" ", fields);
        };
    }

    @Test
    void honestRanksOpen() {
        assertThat(openForged(message -> message)).containsOnlyNulls();
    }

    @Test
    void twoHostsAreRefusedAndNamed() {
        String here = HostIdentity.current().name();
        assertThat(openForged(field(1, "00000000-1111/pid:[4026531836]/elsewhere")))
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOf(CommunicatorException.class)
                        .hasMessageContaining("rank 0 runs on host " + here)
                        .hasMessageContaining("rank 1 on host elsewhere (boot 00000000-1111")
                        .hasMessageContaining("all must run on one host"));
    }

    @Test
    void memoryThatCannotBeMappedIsRefused() {
        assertThat(openForged(field(4, "123456789")))
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOf(CommunicatorException.class)
                        .hasMessageContaining("rank 0: cannot map the memory of world rank 1, process ")
                        .hasMessageContaining("/fd/123456789: [2]"));
    }

    @Test
    void memoryOfSomebodyElseIsRefused() {
        assertThat(openForged(field(6, "1")))
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOf(CommunicatorException.class)
                        .hasMessageContaining("is not the board of world rank 1"));
    }

    @Test
    void anotherProgramIsRefused() {
        assertThat(openForged(message -> "hello"))
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOf(CommunicatorException.class)
                        .hasMessageContaining("rank 1 sent 'hello' to the rendezvous"));
    }

    @Test
    void aFailedOpeningLeavesNothing() throws IOException {
        long before = descriptors();
        openForged(field(6, "1"));
        assertThat(descriptors()).isEqualTo(before);
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    @Test
    void hostIdentitySurvivesTheRendezvous() {
        HostIdentity host = HostIdentity.current();
        assertThat(HostIdentity.decode(host.encode())).isEqualTo(host);
        assertThat(host.sharesMemoryWith(new HostIdentity(host.boot(), host.processes(), "another name")))
                .isTrue();
        assertThat(host.sharesMemoryWith(new HostIdentity(host.boot(), "pid:[1]", host.name())))
                .isFalse();
        assertThat(host.sharesMemoryWith(new HostIdentity("other", host.processes(), host.name())))
                .isFalse();
        assertThatThrownBy(() -> HostIdentity.decode("nonsense")).hasMessageContaining("host identity is 'nonsense'");
    }

    @Test
    void threadsExchangeMessagesByRank() {
        ThreadRendezvous meeting = new ThreadRendezvous(3, LIMIT);
        List<FutureTask<Void>> tasks = IntStream.range(0, 3)
                .mapToObj(rank -> new FutureTask<Void>(() -> {
                    for (int round = 0; round < 500; round++) {
                        assertThat(meeting.end(rank).allGather(rank + "." + round))
                                .containsExactly("0." + round, "1." + round, "2." + round);
                    }
                    return null;
                }))
                .toList();
        tasks.forEach(task -> new Thread(task).start());
        assertThat(tasks.stream().map(OpeningTest::failure)).containsOnlyNulls();
    }

    @Test
    void aMeetingWithoutOneRankBreaksForAll() {
        ThreadRendezvous meeting = new ThreadRendezvous(2, Duration.ofMillis(100));
        String cause = "the rendezvous of 2 ranks is broken: waited 0.1 s for ranks [1]";
        assertThatThrownBy(() -> meeting.end(0).allGather("a")).hasMessage(cause);
        assertThatThrownBy(() -> meeting.end(1).allGather("b")).hasMessage(cause);
    }

    @Test
    void aThreadThatFailsBreaksTheMeeting() {
        ThreadRendezvous meeting = new ThreadRendezvous(2, LIMIT);
        FutureTask<Void> waiting = new FutureTask<>(() -> {
            meeting.end(0).allGather("a");
            return null;
        });
        new Thread(waiting).start();
        meeting.fail("rank 1 found no GPU");
        assertThat(failure(waiting)).hasMessageContaining("is broken: rank 1 found no GPU");
    }

    @Test
    void anInterruptedThreadBreaksTheMeeting() throws InterruptedException {
        ThreadRendezvous meeting = new ThreadRendezvous(2, LIMIT);
        CountDownLatch started = new CountDownLatch(1);
        FutureTask<Void> waiting = new FutureTask<>(() -> {
            started.countDown();
            meeting.end(0).allGather("a");
            return null;
        });
        Thread thread = new Thread(waiting);
        thread.start();
        started.await();
        thread.interrupt();
        assertThat(failure(waiting)).hasMessageContaining("is broken: rank 0 was interrupted");
        assertThatThrownBy(() -> meeting.end(1).allGather("b")).hasMessageContaining("rank 0 was interrupted");
    }

    @Test
    void ranksOfARendezvousAreChecked() {
        assertThatThrownBy(() -> new ThreadRendezvous(0, LIMIT)).hasMessageContaining("must be at least 1");
        assertThatThrownBy(() -> new ThreadRendezvous(2, LIMIT).end(2))
                .hasMessageContaining("rank 2 of a rendezvous of 2");
    }
}
