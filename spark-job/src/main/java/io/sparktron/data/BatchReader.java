package io.sparktron.data;

import io.sparktron.storage.BlockListener;
import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    private final Configuration hadoop;
    private final BlockListener listener;
    private final int buffers;
    private final BlockingQueue<BatchBuffer> free;
    private final BlockingQueue<Result> ready;
    private final Thread thread;
    private final List<Result> held = new ArrayList<>(); // batches that the caller has
    private Result end; // once it is known
    private volatile boolean closing;
    private volatile boolean awaited;

    /** A batch, an error, or neither: the end. */
    private record Result(Batch batch, BatchBuffer buffer, Throwable error) {
        static final Result END = new Result(null, null, null);

        boolean isLast() {
            return batch == null;
        }
    }

    /**
     * Starts to read. Samples of BERT are masked by the seed of the order.
     *
     * @param positions of the run's sample order, in the order of use
     * @param samples of a batch, b; the last may have fewer
     * @param ahead batches that are read before they are asked for
     * @param listener hears of each block that is read while {@link #next()} waits
     * @throws io.sparktron.tokens.InvalidInputException if the vocabulary of a BERT dataset is missing or wrong
     * @throws UncheckedIOException if it cannot be read
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
        this.hadoop = hadoop;
        this.listener = listener;
        this.buffers = ahead + 1; // the caller has at least one
        this.free = new ArrayBlockingQueue<>(buffers);
        this.ready = new ArrayBlockingQueue<>(buffers + 1); // and the last result, which has no buffer
        addBuffers();
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
        List<Batch> one = next(1);
        return one.isEmpty() ? null : one.get(0);
    }

    /**
     * Waits for some batches, all valid until the next call: those of a step, whose targets are counted before the first is used.
     * Fewer after the last position; otherwise as {@link #next()}.
     *
     * @param count at least 1, and at most one more than are read ahead
     */
    public List<Batch> next(int count) {
        if (count < 1 || count > buffers) {
            throw new IllegalArgumentException(
                    count + " batches at once; legal: 1 to " + buffers + ", one more than are read ahead");
        }
        if (end == null) {
            held.forEach(result -> free.add(result.buffer()));
            held.clear();
        }
        while (held.size() < count && end == null) {
            Result result = take();
            if (result.isLast()) {
                end = result;
            } else {
                held.add(result);
            }
        }
        if (held.size() < count && end.error() != null) {
            held.clear();
            throw thrown(end.error());
        }
        List<Batch> batches = held.stream().map(Result::batch).toList();
        if (end != null) {
            held.clear(); // nothing is read into their buffers any more
        }
        return batches;
    }

    private static RuntimeException thrown(Throwable error) {
        if (error instanceof Error serious) {
            throw serious;
        }
        return error instanceof IOException failed
                ? new UncheckedIOException(failed.getMessage(), failed)
                : (RuntimeException) error;
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

    private void addBuffers() {
        if (!dataset.isBert()) {
            for (int i = 0; i < buffers; i++) {
                free.add(new GptBatchBuffer(samples, dataset.sequence()));
            }
            return;
        }
        Manifest.Vocabulary tokenizer = dataset.manifest().tokenizer();
        BertMasking masking;
        try {
            masking = new BertMasking(order.seed(), tokenizer, dataset.vocabulary(hadoop));
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
        for (int i = 0; i < buffers; i++) {
            free.add(new BertBatchBuffer(
                    samples, dataset.sequence(), tokenizer.wordPieces().pad(), masking));
        }
    }

    private void readAll() {
        Result last = Result.END;
        try (SampleReader reader = new SampleReader(dataset, hadoop, this::passed)) {
            int[] values = new int[dataset.values()];
            while (positions.hasNext()) {
                ready.put(read(reader, values, free.take()));
            }
        } catch (Throwable error) {
            last = new Result(null, null, closing ? closed(error) : error);
        }
        ready.add(last);
    }

    /** While the reader is closed, whatever fails does so because the thread is interrupted. */
    private IllegalStateException closed(Throwable error) {
        return new IllegalStateException("the reader of " + dataset.folder() + " is closed", error);
    }

    private Result read(SampleReader reader, int[] values, BatchBuffer buffer) throws IOException {
        long[] taken = new long[samples];
        buffer.clear();
        int count = 0;
        for (; count < samples && positions.hasNext(); count++) {
            taken[count] = positions.nextLong();
            reader.read(order.sample(taken[count]), values, 0);
            buffer.add(taken[count], values);
        }
        return new Result(buffer.batch(Arrays.copyOf(taken, count)), buffer, null);
    }
}
