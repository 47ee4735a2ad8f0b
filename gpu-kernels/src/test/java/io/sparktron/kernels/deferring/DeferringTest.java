package io.sparktron.kernels.deferring;

import static io.sparktron.kernels.Tensors.constant;
import static io.sparktron.kernels.Tensors.values;
import static io.sparktron.kernels.Tensors.zeros;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.collective.Collective;
import io.sparktron.collective.Communicator;
import io.sparktron.collective.Reduction;
import io.sparktron.kernels.Elementwise;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.host.Elements;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.kernels.oracle.OracleKernels;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.Completion;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The orders a program forgets are what this backend is for: each is planted here and must give wrong numbers. */
class DeferringTest {
    private final HostDevice device = new HostDevice(1);
    private final Kernels kernels = DeferringKernels.over(new OracleKernels(device));
    private final Elementwise elementwise = kernels.elementwise();
    private final Queue compute = kernels.device().newQueue("compute");
    private final Queue other = kernels.device().newQueue("other");

    @AfterEach
    void close() {
        kernels.device().close();
    }

    @Test
    void nothingRunsBeforeItIsDemanded() {
        Tensor x = zeros(3);
        elementwise.fill(compute, x, 2);
        assertThat(values(x)).containsOnly(0);
        Completion filled = compute.mark();
        elementwise.fill(compute, x, 5);
        filled.awaitHost();
        assertThat(values(x)).containsOnly(2);
        compute.awaitHost();
        assertThat(values(x)).containsOnly(5);
    }

    @Test
    void readSeesEverythingBeforeIt() {
        Tensor x = zeros(1);
        ByteBuffer buffer = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        compute.write(buffer.putFloat(0, 7), x);
        buffer.putFloat(0, 0);
        elementwise.add(compute, x, x);
        compute.read(x, buffer);
        assertThat(buffer.getFloat(0)).isEqualTo(14);
    }

    @Test
    void aMissingOrderBetweenQueuesGivesWrongNumbers() {
        assertThat(produceAndConsume(true)).containsOnly(3);
        assertThat(produceAndConsume(false)).containsOnly(0);
    }

    private double[] produceAndConsume(boolean ordered) {
        Tensor produced = zeros(5);
        Tensor consumed = zeros(5);
        elementwise.fill(other, produced, 3);
        if (ordered) {
            other.mark().before(compute);
        }
        elementwise.copy(compute, produced, consumed);
        compute.awaitHost();
        return values(consumed);
    }

    @Test
    void aMissingOrderBehindACollectiveGivesWrongNumbers() {
        assertThat(reduceAndConsume(true)).containsOnly(8);
        assertThat(reduceAndConsume(false)).containsOnly(4);
    }

    private double[] reduceAndConsume(boolean ordered) {
        Tensor x = zeros(5);
        Tensor consumed = zeros(5);
        elementwise.fill(compute, x, 4);
        Completion reduced = communicator().start(new Collective.AllReduce(Reduction.SUM, x), compute);
        if (ordered) {
            reduced.before(compute);
        }
        elementwise.copy(compute, x, consumed);
        compute.awaitHost();
        reduced.awaitHost();
        return values(consumed);
    }

    @Test
    void aBufferReusedBeforeItsCollectiveIsDoneGivesWrongNumbers() {
        assertThat(reduceThenReuse(true)).containsOnly(8);
        assertThat(reduceThenReuse(false)).containsOnly(2);
    }

    /** A frame hands the same bytes out again, for an unrelated tensor, before or after the collective on them is complete. */
    private double[] reduceThenReuse(boolean ordered) {
        Frame frame = new Frame(HostMemory.allocate("frame", 4096));
        Tensor result = zeros(5);
        long mark = frame.mark();
        Tensor gradient = frame.take(DType.FLOAT32, 5);
        elementwise.fill(compute, gradient, 4);
        Completion reduced = communicator().start(new Collective.AllReduce(Reduction.SUM, gradient), compute);
        if (ordered) {
            reduced.before(compute);
            elementwise.copy(compute, gradient, result);
        }
        frame.release(mark);
        elementwise.fill(compute, frame.take(DType.FLOAT32, 5), 1);
        compute.awaitHost();
        if (!ordered) {
            reduced.before(compute);
            elementwise.copy(compute, gradient, result);
            compute.awaitHost();
        }
        return values(result);
    }

    @Test
    void aCollectiveRunsAfterAllEarlierOnesOfItsCommunicator() {
        Tensor first = constant(1, 2);
        Tensor second = constant(1, 2);
        Communicator communicator = communicator();
        communicator.start(new Collective.AllReduce(Reduction.SUM, first), compute);
        Completion later = communicator.start(new Collective.AllReduce(Reduction.SUM, second), compute);
        assertThat(values(first)).containsOnly(1);
        later.awaitHost();
        assertThat(values(first)).containsOnly(2);
        assertThat(values(second)).containsOnly(2);
    }

    @Test
    void failedWorkFailsWhoeverDemandsIt() {
        elementwise.add(compute, zeros(2), zeros(3));
        assertThatThrownBy(compute::awaitHost).hasMessageContaining("y has shape [3], expected [2]");
        assertThatThrownBy(compute::awaitHost).hasMessageContaining("y has shape [3], expected [2]");
    }

    @Test
    void aQueueOfAnotherBackendIsRefused() {
        assertThatThrownBy(() -> elementwise.fill(device.newQueue("plain"), zeros(1), 1))
                .hasMessageContaining("queue plain is a HostQueue");
        assertThatThrownBy(() -> new OracleKernels(device).elementwise().fill(compute, zeros(1), 1))
                .hasMessageContaining("queue compute is a DeferringQueue");
    }

    private Communicator communicator() {
        return new DeferringCommunicator(new Twin());
    }

    /** One of two ranks that always hold equal tensors: a sum doubles. */
    private static final class Twin implements Communicator {
        @Override
        public int rank() {
            return 0;
        }

        @Override
        public int size() {
            return 2;
        }

        @Override
        public Completion start(Collective operation, Queue after) {
            Tensor x = ((Collective.AllReduce) operation).tensor();
            for (long i = 0; i < x.elements(); i++) {
                Elements.add(x, i, Elements.get(x, i));
            }
            return after.mark();
        }

        @Override
        public Communicator split(String name, int color) {
            return this;
        }

        @Override
        public Allocator allocator() {
            return HostMemory::allocate;
        }

        @Override
        public void progress() {}

        @Override
        public long progressed() {
            return 0;
        }

        @Override
        public void abort(String cause) {
            throw new IllegalStateException(cause);
        }

        @Override
        public void close() {}
    }
}
