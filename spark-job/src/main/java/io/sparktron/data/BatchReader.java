package io.sparktron.data;

import io.sparktron.storage.BlockListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.PrimitiveIterator.OfLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;

/**
 * Micro-batches, read by a thread of its own ahead of need. Their buffers go round: from {@code free} to the thread, filled into {@code ready}, to
 * the caller, and back when the caller asks for the next.
 */
public final class BatchReader implements AutoCloseable {
    private static final long CLOSE_SECONDS = 10;

    private final TokenDataset dataset;
    private final SampleOrder order;
    private final OfLong positions;
    private final int samples;
    private final int length; // s + 1
    private final Configuration hadoop;
    private final BlockListener listener;
    private final BlockingQueue<ByteBuffer> free;
    private final BlockingQueue<Result> ready;
    private final Thread thread;
    private Result last;
    private volatile boolean closing;
    private volatile boolean awaited;

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

        boolean isLast() {
            return batch == null;
        }
    }

    /** As below, where nobody waits for whom the batches are for. */
    public BatchReader(
            TokenDataset dataset, SampleOrder order, OfLong positions, int samples, int ahead, Configuration hadoop) {
        this(dataset, order, positions, samples, ahead, hadoop, BlockListener.NONE);
    }

    /**
     * Starts to read.
     *
     * @param positions of the run's sample order, in the order of use
     * @param samples of a batch, b; the last may have fewer
     * @param ahead batches that are read before they are asked for
     * @param listener hears of each block that is read while {@link #next} waits
     */
    public BatchReader(
            TokenDataset dataset,
            SampleOrder order,
            OfLong positions,
            int samples,
            int ahead,
            Configuration hadoop,
            BlockListener listener) {
        if (samples < 1 || ahead < 0) {
            throw new IllegalArgumentException(
                    "batches of " + samples + " samples, " + ahead + " ahead; legal: at least 1, and at least 0 ahead");
        }
        this.dataset = dataset;
        this.order = order;
        this.positions = positions;
        this.samples = samples;
        this.length = dataset.sequence() + 1;
        this.hadoop = hadoop;
        this.listener = listener;
        int buffers = ahead + 1; // the caller has one
        this.free = new ArrayBlockingQueue<>(buffers);
        this.ready = new ArrayBlockingQueue<>(buffers + 1); // and the last result, which has no buffer
        int bytes = Math.multiplyExact(Math.multiplyExact(samples, length), Integer.BYTES);
        for (int i = 0; i < buffers; i++) {
            free.add(ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN));
        }
        this.thread = new Thread(this::readAll, "batch-reader");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Waits for the next batch; null after the last. An error comes after the batches that were read before it, and again on each further call.
     *
     * @throws io.sparktron.tokens.InvalidInputException naming the file if a file of the dataset cannot be used
     * @throws UncheckedIOException naming the file if the file system fails
     * @throws IllegalStateException if the reader is closed, or the thread interrupted
     */
    public Batch next() {
        if (last == null || !last.isLast()) {
            if (last != null) {
                free.add(last.batch().ids());
            }
            last = take();
        }
        if (last.error() instanceof RuntimeException exception) {
            throw exception;
        }
        if (last.error() instanceof Error error) {
            throw error;
        }
        if (last.error() instanceof IOException exception) {
            throw new UncheckedIOException(exception.getMessage(), exception);
        }
        return last.batch();
    }

    /**
     * Interrupts the thread, wherever it waits, and lets it end: within {@value #CLOSE_SECONDS} seconds, after which a file system that cannot be
     * interrupted is left to its daemon thread. Batches that were read already can still be taken; what comes after them is an error.
     */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Result take() {
        awaited = true;
        try {
            return ready.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a batch of " + dataset.folder(), e);
        } finally {
            awaited = false;
        }
    }

    /** What is read ahead tells nothing about the caller, who may hang elsewhere. */
    private void passed() {
        if (awaited) {
            listener.blockPassed();
        }
    }

    private void readAll() {
        Result end = Result.END;
        try (SampleReader reader = new SampleReader(dataset, hadoop, this::passed)) {
            int[] ids = new int[length];
            while (positions.hasNext()) {
                ready.put(new Result(read(reader, ids, free.take()), null));
            }
        } catch (Throwable error) {
            end = new Result(null, closing ? closed(error) : error);
        }
        ready.add(end);
    }

    /** While the reader is closed, whatever fails does so because the thread is interrupted. */
    private IllegalStateException closed(Throwable error) {
        return new IllegalStateException("the reader of " + dataset.folder() + " is closed", error);
    }

    private Batch read(SampleReader reader, int[] ids, ByteBuffer buffer) throws IOException {
        long[] taken = new long[samples];
        buffer.clear();
        int count = 0;
        for (; count < samples && positions.hasNext(); count++) {
            taken[count] = positions.nextLong();
            reader.read(order.sample(taken[count]), ids, 0);
            buffer.asIntBuffer().put(ids);
            buffer.position(buffer.position() + length * Integer.BYTES);
        }
        buffer.flip();
        return new Batch(Arrays.copyOf(taken, count), buffer);
    }
}
