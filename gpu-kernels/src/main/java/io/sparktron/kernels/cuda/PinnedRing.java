package io.sparktron.kernels.cuda;

import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.JCudaDriver;

/**
 * The pinned memory through which a queue copies: a ring of pieces, each with the event after which it may be filled again. So a write is consumed at the call and waits for the
 * device only where the whole ring is in flight, and a large read copies one piece out while the next one comes.
 */
final class PinnedRing {
    private static final int PIECES = 4;
    /** Of the first ring of a queue; one that has to take more gets pieces of {@link #LARGE}. */
    private static final int SMALL = 1 << 16;

    private static final int LARGE = 1 << 22;

    private final CudaQueue queue;
    private final Pointer[] pointers = new Pointer[PIECES];
    private final ByteBuffer[] buffers = new ByteBuffer[PIECES];
    private final CUevent[] done = new CUevent[PIECES];
    private int pieceBytes; // 0 before the first copy
    private int next;

    PinnedRing(CudaQueue queue) {
        this.queue = queue;
    }

    void write(ByteBuffer source, Tensor destination) {
        long bytes = destination.bytes();
        reserve(bytes);
        for (long start = 0; start < bytes; start += pieceBytes) {
            int length = (int) Math.min(pieceBytes, bytes - start);
            int piece = take();
            buffers[piece].put(0, source, source.position() + (int) start, length);
            CudaException.check(
                    JCudaDriver.cuMemcpyHtoDAsync(
                            Addresses.device(destination.address() + start), pointers[piece], length, queue.stream()),
                    "cuMemcpyHtoDAsync on queue " + queue.name() + " to " + destination);
            record(piece);
        }
    }

    void read(Tensor source, ByteBuffer destination) {
        long bytes = source.bytes();
        reserve(bytes);
        int pieces = (int) ((bytes + pieceBytes - 1) / pieceBytes);
        int first = next;
        for (int i = 0; i < pieces + 1; i++) {
            if (i < pieces) {
                fetch(source, i);
            }
            if (i > 0) {
                int piece = (first + i - 1) % PIECES;
                int start = (i - 1) * pieceBytes;
                await(piece);
                destination.put(
                        destination.position() + start, buffers[piece], 0, (int) Math.min(pieceBytes, bytes - start));
            }
        }
        queue.awaitHost();
    }

    /** Enqueues the copy of piece {@code i} of a tensor to the host. */
    private void fetch(Tensor source, int i) {
        long start = (long) i * pieceBytes;
        int piece = take();
        CudaException.check(
                JCudaDriver.cuMemcpyDtoHAsync(
                        pointers[piece],
                        Addresses.device(source.address() + start),
                        Math.min(pieceBytes, source.bytes() - start),
                        queue.stream()),
                "cuMemcpyDtoHAsync on queue " + queue.name() + " from " + source);
        record(piece);
    }

    /** The next piece, free to be filled. */
    private int take() {
        int piece = next;
        next = (next + 1) % PIECES;
        await(piece);
        return piece;
    }

    private void record(int piece) {
        CudaException.check(
                JCudaDriver.cuEventRecord(done[piece], queue.stream()), "cuEventRecord on queue " + queue.name());
    }

    private void await(int piece) {
        CudaException.check(JCudaDriver.cuEventSynchronize(done[piece]), "cuEventSynchronize of queue " + queue.name());
    }

    /** Makes the pieces large enough for tensors of so many bytes. */
    private void reserve(long bytes) {
        int needed = bytes <= SMALL ? SMALL : LARGE;
        if (pieceBytes < needed) {
            close();
            for (int i = 0; i < PIECES; i++) {
                pointers[i] = new Pointer();
                CudaException.check(
                        JCudaDriver.cuMemAllocHost(pointers[i], needed),
                        "cuMemAllocHost of " + needed + " bytes for queue " + queue.name());
                buffers[i] = pointers[i].getByteBuffer(0, needed);
                done[i] = new CUevent();
                CudaException.check(
                        JCudaDriver.cuEventCreate(done[i], CUevent_flags.CU_EVENT_DISABLE_TIMING), "cuEventCreate");
            }
            pieceBytes = needed;
            next = 0;
        }
    }

    /** Waits for the copies and frees the memory. */
    void close() {
        if (pieceBytes > 0) {
            for (int i = 0; i < PIECES; i++) {
                JCudaDriver.cuEventSynchronize(done[i]);
                JCudaDriver.cuEventDestroy(done[i]);
                JCudaDriver.cuMemFreeHost(pointers[i]);
            }
            pieceBytes = 0;
        }
    }
}
