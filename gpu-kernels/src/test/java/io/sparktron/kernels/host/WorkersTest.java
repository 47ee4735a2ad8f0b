package io.sparktron.kernels.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class WorkersTest {
    @Test
    void everyPieceIsDoneOnce() {
        try (Workers workers = new Workers(3)) {
            for (int count : new int[] {0, 1, 2, 3, 7, 100}) {
                for (int grain : new int[] {0, 1, 5, 1000}) {
                    AtomicIntegerArray done = new AtomicIntegerArray(count);
                    Set<Integer> busy = ConcurrentHashMap.newKeySet();
                    workers.run(count, grain, (worker, from, to) -> {
                        busy.add(worker);
                        for (long i = from; i < to; i++) {
                            done.incrementAndGet((int) i);
                        }
                    });
                    for (int i = 0; i < count; i++) {
                        assertThat(done.get(i)).isEqualTo(1);
                    }
                    assertThat(busy).hasSize(Math.max(1, Math.min(3, count / Math.max(1, grain))));
                }
            }
        }
    }

    @Test
    void thousandsOfLoopsBackToBack() {
        try (Workers workers = new Workers(3)) {
            long[] sums = new long[3 * 16];
            for (int round = 0; round < 5_000; round++) {
                workers.run(3, 1, (worker, from, to) -> sums[worker * 16] += from);
            }
            assertThat(sums[0] + sums[16] + sums[32]).isEqualTo(5_000L * 3);
        }
    }

    @Test
    void aFailureReachesTheCallerAfterAllAreDone() {
        try (Workers workers = new Workers(3)) {
            for (int failing = 0; failing < 3; failing++) {
                int bad = failing;
                AtomicIntegerArray done = new AtomicIntegerArray(3);
                assertThatThrownBy(() -> workers.run(3, 1, (worker, from, to) -> {
                            done.set(worker, 1);
                            if (worker == bad) {
                                throw new IllegalStateException("worker " + worker);
                            }
                        }))
                        .hasMessage("worker " + bad);
                assertThat(done.toString()).isEqualTo("[1, 1, 1]");
                workers.run(3, 1, (worker, from, to) -> done.set(worker, 2));
                assertThat(done.toString()).isEqualTo("[2, 2, 2]");
            }
        }
    }

    @Test
    void closingEndsTheThreads() throws InterruptedException {
        Thread[] helper = new Thread[1];
        Workers workers = new Workers(2);
        workers.run(2, 1, (worker, from, to) -> {
            if (worker == 1) {
                helper[0] = Thread.currentThread();
            }
        });
        workers.close();
        helper[0].join(10_000);
        assertThat(helper[0].isAlive()).isFalse();
    }

    /** An interrupt is for whoever waits on a condition; a kernel runs to its end and leaves the flag set. */
    @Test
    void anInterruptedCallerStillWaits() {
        try (Workers workers = new Workers(2)) {
            AtomicIntegerArray done = new AtomicIntegerArray(2);
            Thread.currentThread().interrupt();
            workers.run(2, 1, (worker, from, to) -> {
                for (int i = 0; worker == 1 && i < 200_000; i++) {
                    Thread.onSpinWait();
                }
                done.set(worker, 1);
            });
            assertThat(Thread.interrupted()).isTrue();
            assertThat(done.toString()).isEqualTo("[1, 1]");
        }
    }

    @Test
    void refusesNoThreads() {
        assertThatThrownBy(() -> new HostDevice(0)).hasMessage("device.threads is 0, must be at least 1");
    }
}
