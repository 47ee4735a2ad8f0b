package io.sparktron.checkpoint;

import io.sparktron.parallel.Box;

/**
 * The intersection of two boxes as runs of elements that are contiguous in both, in row-major order: each with its first element's index inside either box.
 */
final class ContiguousRuns {
    private final Box source;
    private final Box target;
    private final Box common;
    private final int inner; // dimensions from here on belong to a run
    private final long length;
    private final long[] index;
    private boolean more;

    ContiguousRuns(Box source, Box target) {
        this.source = source;
        this.target = target;
        this.common = source.intersection(target);
        int dimension = common.extent().length - 1;
        while (dimension > 0 && isWhole(dimension)) {
            dimension--;
        }
        this.inner = dimension;
        long elements = 1;
        for (int i = inner; i < common.extent().length; i++) {
            elements *= common.extent()[i];
        }
        this.length = elements;
        this.index = common.start().clone();
        this.more = common.elements() > 0;
    }

    boolean hasRun() {
        return more;
    }

    long length() {
        return length;
    }

    long source() {
        return flat(source);
    }

    long target() {
        return flat(target);
    }

    void advance() {
        for (int i = inner - 1; i >= 0; i--) {
            if (++index[i] < common.start()[i] + common.extent()[i]) {
                return;
            }
            index[i] = common.start()[i];
        }
        more = false;
    }

    private boolean isWhole(int dimension) {
        return common.extent()[dimension] == source.extent()[dimension]
                && common.extent()[dimension] == target.extent()[dimension];
    }

    private long flat(Box box) {
        long flat = 0;
        for (int i = 0; i < index.length; i++) {
            flat = flat * box.extent()[i] + index[i] - box.start()[i];
        }
        return flat;
    }
}
