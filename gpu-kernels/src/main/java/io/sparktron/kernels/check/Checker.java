package io.sparktron.kernels.check;

import io.sparktron.kernels.Kernels;
import io.sparktron.tensor.Allocations;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;

/**
 * Runs checks on one backend: twice on the same operands, which must give the same bits, and once on operands that begin one element into their memory. Every run is held
 * against the oracle, and must leave its inputs as they were.
 */
public final class Checker {
    private final Kernels subject;
    private final Queue queue;

    /**
     * @param subject what is checked; its device stays the caller's
     */
    public Checker(Kernels subject) {
        this.subject = subject;
        this.queue = subject.device().newQueue("check");
    }

    /** Runs one check; an exception of the backend is a problem that it found. */
    public Outcome run(Check check) {
        try (Allocations memory = new Allocations()) {
            HostTensors host = new HostTensors(memory.from(HostMemory::allocate));
            Case made = check.preparation().apply(host);
            Comparison comparison = new Comparison(made, host, run(Oracle.KERNELS, Oracle.QUEUE, made, host, 0, null));
            try {
                Results first = run(subject, queue, made, host, 0, comparison);
                comparison.compare(first);
                comparison.compareBits(first, run(subject, queue, made, host, 0, comparison));
                if (check.anyAlignment()) {
                    comparison.inRun(" with operands one element into memory");
                    comparison.compare(run(subject, queue, made, host, 1, comparison));
                }
            } catch (RuntimeException e) {
                return Outcome.failed(check.kernel(), check.type(), check.operands(), e);
            }
            return new Outcome(
                    check.kernel(), check.type(), check.operands(), comparison.share(), comparison.problem());
        }
    }

    private static Results run(
            Kernels kernels, Queue queue, Case made, HostTensors host, int shift, Comparison comparison) {
        try (Bench bench = new Bench(kernels, queue, host, shift)) {
            made.calls().accept(bench);
            Results results = bench.results();
            if (comparison != null) {
                bench.changedInput().ifPresent(input -> comparison.problem("changed its input " + input));
            }
            return results;
        }
    }
}
