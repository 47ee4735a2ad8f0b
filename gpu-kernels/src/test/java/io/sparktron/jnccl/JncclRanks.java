package io.sparktron.jnccl;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.kernels.cuda.CudaDevice;
import io.sparktron.kernels.cuda.CudaQueue;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Ranks as threads of the test, a GPU each. */
final class JncclRanks {
    private JncclRanks() {}

    /** One rank with its GPU. */
    record Rank(int rank, int ranks, ncclUniqueId id, CudaDevice device, Queue queue) {
        /** A communicator of all ranks, which blocks. */
        ncclComm open() {
            ncclComm comm = new ncclComm();
            assertThat(JNCCL.ncclCommInitRank(comm, ranks, id, rank)).isZero();
            return comm;
        }

        long stream() {
            return CudaQueue.of(queue).handle();
        }

        Tensor tensor(float... values) {
            ByteBuffer bytes =
                    ByteBuffer.allocateDirect(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            Tensor tensor = new Tensor(
                    device.allocator().allocate("operand", bytes.capacity()),
                    0,
                    DType.FLOAT32,
                    Shape.of(values.length));
            queue.write(bytes, tensor);
            return tensor;
        }

        float[] read(Tensor tensor) {
            ByteBuffer bytes = ByteBuffer.allocateDirect((int) tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            queue.read(tensor, bytes);
            float[] values = new float[(int) tensor.elements()];
            bytes.asFloatBuffer().get(values);
            return values;
        }
    }

    @FunctionalInterface
    interface Program {
        void run(Rank rank) throws Exception;
    }

    static ncclUniqueId newId() {
        ncclUniqueId id = new ncclUniqueId();
        assertThat(JNCCL.ncclGetUniqueId(id)).isZero();
        return id;
    }

    /** Runs a program on every rank. */
    static void run(int ranks, Program program) {
        ncclUniqueId id = newId();
        List<FutureTask<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < ranks; i++) {
            int rank = i;
            FutureTask<Void> task = new FutureTask<>(() -> {
                try (CudaDevice device = CudaDevice.open(rank)) {
                    device.makeCurrent();
                    program.run(new Rank(rank, ranks, id, device, device.newQueue("compute")));
                }
                return null;
            });
            tasks.add(task);
            Thread thread = new Thread(task, "rank-" + rank);
            thread.setDaemon(true);
            thread.start();
        }
        AssertionError failure = null;
        for (FutureTask<Void> task : tasks) {
            try {
                task.get();
            } catch (ExecutionException e) {
                failure = failure == null ? new AssertionError("a rank failed", e.getCause()) : failure;
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted while ranks run", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
