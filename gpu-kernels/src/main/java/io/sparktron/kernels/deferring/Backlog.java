package io.sparktron.kernels.deferring;

import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Queue;
import java.util.ArrayDeque;

/** Work in program order, of which a prefix has run; more of it runs only on demand, on the thread that demands it. */
final class Backlog {
    private final ArrayDeque<Runnable> pending = new ArrayDeque<>();
    private long added;
    private long ran;

    void add(Runnable work) {
        pending.addLast(work);
        added++;
    }

    /** The end of everything added so far. Demanding it runs all that; ordering a queue before it adds the demand to that queue. */
    Completion end() {
        long position = added;
        return new Completion() {
            @Override
            public void before(Queue queue) {
                DeferringQueue.of(queue).enqueue(this::awaitHost);
            }

            @Override
            public void awaitHost() {
                runUntil(position);
            }
        };
    }

    /**
     * Work may demand other backlogs, and they an earlier part of this one: which has run. Work that fails stays, so that whoever
     * demands it next fails too.
     */
    private void runUntil(long position) {
        while (ran < position) {
            pending.getFirst().run();
            pending.removeFirst();
            ran++;
        }
    }
}
