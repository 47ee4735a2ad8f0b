package io.sparktron.parallel;

import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;

/**
 * The border of sequence parallelism: rank r holds rows {@code r n / t ... (r + 1) n / t - 1}, so that ranks' rows put one after the other are the whole in its natural
 * order.
 */
record SplitRows(Execution on) implements RegionBorder {
    @Override
    public long rows(long n) {
        int ranks = on.mesh().tensor().size();
        if (n % ranks != 0) {
            throw new IllegalArgumentException(
                    n + " rows cannot be shared by " + ranks + " ranks; legal: a multiple of " + ranks);
        }
        return n / ranks;
    }

    @Override
    public long first(long n) {
        return on.mesh().tensorRank() * rows(n);
    }

    @Override
    public Arrival enter(Frame frame, Tensor x) {
        Tensor whole = whole(frame, x);
        Completion gathered = GatherFromSequenceRegion.forward(on, x, whole);
        return arrival(gathered, whole);
    }

    @Override
    public Tensor part(Frame frame, Tensor sum) {
        return whole(frame, sum);
    }

    @Override
    public Completion enterBackward(Tensor part, Tensor dx) {
        return GatherFromSequenceRegion.backward(on, part, dx);
    }

    @Override
    public Completion leave(Tensor part, Tensor y) {
        return ReduceScatterToSequenceRegion.forward(on, part, y);
    }

    @Override
    public Arrival leaveBackward(Frame frame, Tensor dy) {
        Tensor whole = whole(frame, dy);
        Completion gathered = ReduceScatterToSequenceRegion.backward(on, dy, whole);
        return arrival(gathered, whole);
    }

    /** Room for the rows of all ranks, [n, c]. */
    private Tensor whole(Frame frame, Tensor rows) {
        return frame.take(rows.type(), on.mesh().tensor().size() * rows.extent(0), rows.extent(1));
    }

    private static Arrival arrival(Completion gathered, Tensor whole) {
        return queue -> {
            gathered.before(queue);
            return whole;
        };
    }
}
