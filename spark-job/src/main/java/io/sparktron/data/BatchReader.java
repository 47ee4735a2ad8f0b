package io.sparktron.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.PrimitiveIterator.OfLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.hadoop.conf.Configuration;

/** Micro-batches, read by a thread of its own ahead of need. */
public final class BatchReader implements AutoCloseable {
    private final TokenDataset dataset;
    private final SampleOrder order;
    private final OfLong positions;
    private final int samples;
    private final Configuration hadoop;
    private final BlockingQueue<ByteBuffer> free;
    private final BlockingQueue<Result> ready;
    private final Thread thread;
    private Result last;
    private volatile boolean closing;

    /**
     * Samples and where they stand in the run; valid until the next call of {@link #next}.
     *
     * @param positions [b]
     * @param ids little-endian INT32 [b, s + 1]
     */
    public record Batch(long[] positions, ByteBuffer ids) {}

    /** A batch, an error, or neither: the end. */
    private record Result(Batch batch, Throwable error) {
        static final Result END = new Result(null, null);
    }

    /**
     * Starts to read.
     *
     * @param positions of the run's sample order, in the order of use
     * @param samples of a batch; the last may have fewer
     * @param ahead batches that are read before they are asked for
     */
    public BatchReader(
            TokenDataset dataset, SampleOrder order, OfLong positions, int samples, int ahead, Configuration hadoop) {
        this.dataset = dataset;
        this.order = order;
        this.positions = positions;
        this.samples = samples;
        this.hadoop = hadoop;
        int buffers = ahead + 1; // one more is in use
        this.free = new ArrayBlockingQueue<>(buffers);
        this.ready = new ArrayBlockingQueue<>(buffers + 1);
        for (int i = 0; i < buffers; i++) {
            int bytes = Math.multiplyExact(samples * Integer.BYTES, dataset.sequence() + 1);
            free.add(ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN));
        }
        this.thread = new Thread(this::readAll, "batch-reader");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Waits for the next batch; null after the last.
     *
     * @throws io.sparktron.tokens.InvalidInputException if a file of the dataset cannot be used
     */
    public Batch next() {
        if (last == null || last.batch() != null) {
            if (last != null) {
                free.add(last.batch().ids());
            }
            last = take();
        }
        if (last.error() instanceof RuntimeException exception) {
            throw exception;
        }
        if (last.error() instanceof IOException exception) {
            throw new UncheckedIOException(
                    "the token dataset " + dataset.folder() + " cannot be read: " + exception.getMessage(), exception);
        }
        if (last.error() != null) {
            throw new IllegalStateException("the reader of " + dataset.folder() + " failed", last.error());
        }
        return last.batch();
    }

    /** Ends the thread. Batches that were read already can still be taken; what comes after them is an error. */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Result take() {
        try {
            return ready.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a batch of " + dataset.folder(), e);
        }
    }

    private void readAll() {
        Result end = Result.END;
        try (SampleReader reader = new SampleReader(dataset, hadoop)) {
            int[] ids = new int[dataset.sequence() + 1];
            while (positions.hasNext()) {
                ready.put(new Result(read(reader, ids, free.take()), null));
            }
        } catch (Throwable error) {
            boolean closed = closing; // then whatever failed did so because it was interrupted
            end = new Result(
                    null,
                    closed ? new IllegalStateException("the reader of " + dataset.folder() + " is closed") : error);
        }
        ready.add(end); // there is a place for it: buffers are fewer than places
    }

    private Batch read(SampleReader reader, int[] ids, ByteBuffer buffer) throws IOException {
        long[] taken = new long[samples];
        buffer.clear();
        int count = 0;
        for (; count < samples && positions.hasNext(); count++) {
            taken[count] = positions.nextLong();
            reader.read(order.sample(taken[count]), ids, 0);
            buffer.asIntBuffer().put(ids);
            buffer.position(buffer.position() + ids.length * Integer.BYTES);
        }
        buffer.flip();
        return new Batch(Arrays.copyOf(taken, count), buffer);
    }
}
