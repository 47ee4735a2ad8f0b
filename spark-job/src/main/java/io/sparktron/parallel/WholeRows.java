package io.sparktron.parallel;

import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;

/** The border of the paper: f and g, each an all-reduce in one direction and nothing in the other. */
record WholeRows(Execution on) implements RegionBorder {
    @Override
    public long rows(long n) {
        return n;
    }

    @Override
    public long first(long n) {
        return 0;
    }

    @Override
    public Arrival enter(Frame frame, Tensor x) {
        return queue -> CopyToTensorRegion.forward(x);
    }

    @Override
    public Tensor part(Frame frame, Tensor sum) {
        return sum;
    }

    @Override
    public Completion enterBackward(Tensor part, Tensor dx) {
        return CopyToTensorRegion.backward(on, dx);
    }

    @Override
    public Completion leave(Tensor part, Tensor y) {
        return ReduceFromTensorRegion.forward(on, y);
    }

    @Override
    public Arrival leaveBackward(Frame frame, Tensor dy) {
        return queue -> ReduceFromTensorRegion.backward(dy);
    }
}
