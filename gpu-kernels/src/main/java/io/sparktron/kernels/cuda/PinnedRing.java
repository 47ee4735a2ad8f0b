package io.sparktron.kernels.cuda;

import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * The pinned memory through which a queue copies: a ring of pieces, each with the event after which it may be filled again. So a write is consumed at the call and waits for the
 * device only where the whole ring is in flight, and a large read copies one piece out while the next one comes. All memory is allocated at once, with the queue: pinning memory may wait for what runs
 * on a device, and so for a collective whose other ranks are threads of this process that need the driver.
 */
final class PinnedRing {
    private static final int PIECES = 4;
    /** Bytes of a piece: its copy takes some 40 us on PCIe 4, ten times what enqueueing it takes. */
    private static final int PIECE = 1 << 20;

    private final CudaQueue queue;
    private final Pointer memory = new Pointer();
    private final Pointer[] pointers = new Pointer[PIECES];
    private final ByteBuffer[] buffers = new ByteBuffer[PIECES];
    private final CUevent[] done = new CUevent[PIECES];
    private int next;

    /** The device's context is current. */
    PinnedRing(CudaQueue queue) {
        this.queue = queue;
        CudaException.check(
                JCudaDriver.cuMemAllocHost(memory, PIECES * PIECE),
                "cuMemAllocHost of " + PIECES * PIECE + " bytes for queue " + queue.name());
        for (int i = 0; i < PIECES; i++) {
            pointers[i] = memory.withByteOffset((long) i * PIECE);
            buffers[i] = memory.getByteBuffer((long) i * PIECE, PIECE);
            done[i] = new CUevent();
            CudaException.check(
                    JCudaDriver.cuEventCreate(done[i], CUevent_flags.CU_EVENT_DISABLE_TIMING), "cuEventCreate");
        }
    }

    void write(ByteBuffer source, Tensor destination) {
        long bytes = destination.bytes();
        for (long start = 0; start < bytes; start += PIECE) {
            int length = (int) Math.min(PIECE, bytes - start);
            int piece = take();
            buffers[piece].put(0, source, source.position() + (int) start, length);
            int result = JCudaDriver.cuMemcpyHtoDAsync(
                    Addresses.device(destination.address() + start), pointers[piece], length, queue.stream());
            if (result != CUresult.CUDA_SUCCESS) {
                throw CudaException.of(result, "cuMemcpyHtoDAsync on queue " + queue.name() + " to " + destination);
            }
            queue.record(done[piece]);
        }
    }

    void read(Tensor source, ByteBuffer destination) {
        long bytes = source.bytes();
        int pieces = (int) ((bytes + PIECE - 1) / PIECE);
        int first = next;
        for (int i = 0; i < pieces + 1; i++) {
            if (i < pieces) {
                fetch(source, i);
            }
            if (i > 0) {
                int piece = (first + i - 1) % PIECES;
                int start = (i - 1) * PIECE;
                await(piece);
                destination.put(
                        destination.position() + start, buffers[piece], 0, (int) Math.min(PIECE, bytes - start));
            }
        }
        queue.awaitHost();
    }

    /** Enqueues the copy of piece {@code i} of a tensor to the host. */
    private void fetch(Tensor source, int i) {
        long start = (long) i * PIECE;
        int piece = take();
        int result = JCudaDriver.cuMemcpyDtoHAsync(
                pointers[piece],
                Addresses.device(source.address() + start),
                Math.min(PIECE, source.bytes() - start),
                queue.stream());
        if (result != CUresult.CUDA_SUCCESS) {
            throw CudaException.of(result, "cuMemcpyDtoHAsync on queue " + queue.name() + " from " + source);
        }
        queue.record(done[piece]);
    }

    /** The next piece, free to be filled. */
    private int take() {
        int piece = next;
        next = (next + 1) % PIECES;
        await(piece);
        return piece;
    }

    private void await(int piece) {
        int result = JCudaDriver.cuEventSynchronize(done[piece]);
        if (result != CUresult.CUDA_SUCCESS) {
            throw CudaException.of(result, "cuEventSynchronize of queue " + queue.name());
        }
    }

    /** Waits for the copies and frees the memory. */
    void close() {
        for (CUevent event : done) {
            JCudaDriver.cuEventSynchronize(event);
            JCudaDriver.cuEventDestroy(event);
        }
        JCudaDriver.cuMemFreeHost(memory);
    }
}
