package io.sparktron.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.collective.HostIdentity;
import io.sparktron.collective.HostProcess;
import io.sparktron.storage.Place;
import io.sparktron.storage.Storage;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Drivers that want the same run folder, on whatever file system it lies. */
@Timeout(60)
abstract class RunLeaseSuite {
    private static final Duration NEVER = Duration.ofDays(1);

    /** Renewed often; a second driver waits long enough to see it. */
    private static final LeaseTimes LIVELY = times(20, 20_000);

    /** What finds a driver gone that does nothing for a moment. */
    private static final LeaseTimes HASTY = times(20, 100);

    /** A driver that is as good as suspended. */
    private static final LeaseTimes ASLEEP =
            new LeaseTimes(NEVER, Duration.ofMillis(100), Duration.ofMillis(100), Duration.ofMillis(5));

    @TempDir
    private Path folder;

    private final List<String> progress = Collections.synchronizedList(new ArrayList<>());
    private Place place;
    private LeaseFiles files;

    /** A place for one test. */
    abstract Place place(Path local);

    @BeforeEach
    void place() {
        place = place(folder);
        files = new LeaseFiles(place.root(), place.hadoop());
    }

    @Test
    void aSecondDriverIsToldWhoIsThere() throws IOException {
        try (RunLease lease = take(LIVELY)) {
            String holder = driver(1);
            assertThatThrownBy(() -> take(LIVELY))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContainingAll(
                            "run.dir = ",
                            place.root(),
                            "is in use by",
                            "user " + System.getProperty("user.name"),
                            "process " + ProcessHandle.current().pid(),
                            "host " + HostIdentity.current().name(),
                            "since 20");
            assertThat(driver(1)).isEqualTo(holder);
            assertThat(place.list("lease")).containsExactly("00000001.json");
            lease.require();
        }
    }

    @Test
    void aReleasedFolderIsFreeAtOnce() throws IOException {
        take(times(20, NEVER.toMillis())).close();
        try (RunLease next = take(times(20, NEVER.toMillis()))) {
            next.require();
            assertThat(next.ticket().number()).isEqualTo(2);
        }
        assertThat(progress).isEmpty();
        assertThat(place.list("lease")).containsExactly("00000002.json");
    }

    @Test
    void aProcessOfThisHostThatHasEndedIsNotWaitedFor() throws Exception {
        Process child = new ProcessBuilder("sleep", "60").start();
        HostProcess process = new HostProcess(child.pid(), startOf(child.pid()));
        assertThat(process.alive()).isTrue();
        child.destroyForcibly().waitFor();
        files.create(1, holder("dead", HostIdentity.current(), process));

        try (RunLease lease = take(times(20, NEVER.toMillis()))) {
            lease.require();
        }
        assertThat(progress).singleElement().asString().contains("taken over from", "process " + child.pid(), "ended");
    }

    /** The same number of another start: the process that has it now is not the driver. */
    @Test
    void aProcessThatGotTheNumberOfADriverIsNotTheDriver() throws Exception {
        HostProcess now = HostProcess.current();
        files.create(1, holder("dead", HostIdentity.current(), new HostProcess(now.id(), now.started() - 1)));

        take(times(20, NEVER.toMillis())).close();
    }

    @Test
    void aDriverOfAnotherHostIsWaitedFor() throws IOException {
        files.create(1, foreign("far"));

        try (RunLease lease = take(HASTY)) {
            assertThat(lease.ticket().number()).isEqualTo(2);
        }
        assertThat(progress).hasSize(2);
        assertThat(progress.get(0)).contains("is held by \"pretrain far\"", "host elsewhere", "waiting up to");
        assertThat(progress.get(1)).contains("taken over from \"pretrain far\"", "gave no sign");
    }

    @Test
    void aDriverThatDiedBeforeItWroteItsNameIsWaitedFor() throws IOException {
        place.write("lease/00000007.json", new byte[0]);

        try (RunLease lease = take(HASTY)) {
            assertThat(lease.ticket().number()).isEqualTo(8);
        }
    }

    @Test
    void aDriverThatSleptTooLongFindsOutAndHarmsNothing() throws Exception {
        RunLease slow = take(new LeaseTimes(Duration.ofMillis(700), NEVER, Duration.ofMillis(100), NEVER));
        LeaseTicket ranks = slow.ticket();
        ranks.require(place.hadoop());
        try (RunLease next = take(ASLEEP)) {
            String mine = driver(2);
            assertThatThrownBy(() -> ranks.require(place.hadoop()))
                    .isInstanceOf(LeaseLostException.class)
                    .hasMessageContainingAll(
                            "taken over by",
                            "process " + ProcessHandle.current().pid());
            awaitLost(slow);
            assertThatThrownBy(slow::require).isInstanceOf(LeaseLostException.class);
            Exception failure = new IOException("some consequence");
            assertThatThrownBy(() -> slow.explain(failure))
                    .isInstanceOf(LeaseLostException.class)
                    .hasSuppressedException(failure);
            slow.close();
            assertThat(driver(2)).isEqualTo(mine);
            next.require();
            assertThatCode(() -> next.explain(failure)).doesNotThrowAnyException();
        }
    }

    @Test
    void aLeaseThatSomebodyDeletedIsLost() throws Exception {
        try (RunLease lease = take(LIVELY)) {
            files.delete(1);
            awaitLost(lease);
            assertThatThrownBy(lease::require)
                    .isInstanceOf(LeaseLostException.class)
                    .hasMessageContaining("00000001.json is gone");
        }
        assertThat(place.list("lease")).isEmpty();
    }

    @Test
    void ofManyDriversOneWins() throws Exception {
        for (int round = 0; round < 10; round++) {
            race(files.last() + 1);
        }
    }

    @Test
    void ofManyDriversThatFindADeadOneOneWins() throws Exception {
        for (int round = 0; round < 5; round++) {
            long dead = files.last() + 1;
            files.create(dead, foreign("far"));
            race(dead + 1);
        }
    }

    /** Between its last look and its own taking, another takes the folder, works and releases it, and a third takes it. */
    @Test
    void aDriverThatComesTooLateDoesNotUndoWhatOthersDid() throws IOException {
        files.create(1, foreign("far"));
        List<RunLease> others = new ArrayList<>();
        Consumer<String> interfering = line -> {
            if (line.contains("gave no sign") && others.isEmpty()) {
                try {
                    take(HASTY).close();
                    others.add(take(LIVELY));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
        LeaseTimes patient = times(20, 200);
        assertThatThrownBy(() -> RunLease.take(place.root(), place.hadoop(), patient, interfering))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("is in use by");
        others.get(0).require();
        assertThat(others.get(0).ticket().number()).isEqualTo(3);
        others.get(0).close();
    }

    private void race(long number) throws Exception {
        int drivers = 6;
        CyclicBarrier start = new CyclicBarrier(drivers);
        List<RunLease> won = Collections.synchronizedList(new ArrayList<>());
        List<Throwable> refused = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = IntStream.range(0, drivers)
                .mapToObj(i -> new Thread(() -> {
                    try {
                        start.await();
                        won.add(take(times(20, 500)));
                    } catch (Exception e) {
                        refused.add(e);
                    }
                }))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(refused)
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOf(InvalidInputException.class)
                        .hasMessageContaining("is in use by"));
        assertThat(won).hasSize(1);
        assertThat(refused).hasSize(drivers - 1);
        if (Storage.createsExclusively(place.path("lease"), place.hadoop())) {
            assertThat(won.get(0).ticket().number()).isEqualTo(number);
        }
        won.get(0).require();
        won.get(0).close();
    }

    private static LeaseTimes times(long renewMillis, long staleMillis) {
        return new LeaseTimes(
                Duration.ofMillis(renewMillis),
                Duration.ofMillis(staleMillis),
                Duration.ofMillis(100),
                Duration.ofMillis(5));
    }

    private RunLease take(LeaseTimes times) throws IOException {
        return RunLease.take(place.root(), place.hadoop(), times, progress::add);
    }

    private static void awaitLost(RunLease lease) throws InterruptedException {
        while (!lease.isLost()) {
            Thread.sleep(5);
        }
    }

    private String driver(long number) throws IOException {
        return files.look(number).orElseThrow().holder().orElseThrow().driver();
    }

    private static LeaseHolder foreign(String name) {
        return holder(name, new HostIdentity("another-boot", "pid:[1]", "elsewhere"), new HostProcess(1, 1));
    }

    private static LeaseHolder holder(String name, HostIdentity host, HostProcess process) {
        return new LeaseHolder(
                name, "somebody", "pretrain " + name, host.encode(), process, "2026-01-01T00:00:00Z", "", false);
    }

    private static long startOf(long process) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process + "/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19]);
    }
}
