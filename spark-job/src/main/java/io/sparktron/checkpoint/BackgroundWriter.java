package io.sparktron.checkpoint;

import io.sparktron.storage.BlockListener;
import io.sparktron.tensor.Queue;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a rank's shards from a snapshot, one at a time, on a thread of its own while the rank trains on. Only its own thread calls it. Who closes it while a shard is
 * written gives that shard up.
 */
public final class BackgroundWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundWriter.class);
    private static final long CLOSE_SECONDS = 10;

    private final Snapshot snapshot;
    private final Queue queue;
    private final BlockListener listener;
    private Thread thread;
    private volatile boolean awaited;
    private volatile Throwable died;
    private boolean closing;
    private boolean freed;

    /**
     * Takes the memory of the snapshot, and touches all of it, so that what cannot be had is missed before the first step.
     *
     * @param tensors of which each snapshot is taken: this rank's parts of the state
     * @param listener hears of each span that a snapshot copies, and of each block that is written while {@link #await} waits
     */
    public BackgroundWriter(List<NamedTensor> tensors, Queue queue, BlockListener listener) {
        this.snapshot = new Snapshot(tensors);
        this.queue = queue;
        this.listener = listener;
        try {
            snapshot.take(queue, listener);
        } catch (RuntimeException | Error e) {
            snapshot.close();
            throw e;
        }
    }

    /** Bytes of a snapshot of these parts. */
    public static long bytes(List<NamedTensor> tensors) {
        return Snapshot.bytes(tensors);
    }

    /** Copies the state as it is now and begins to write the copy. */
    public void start(CheckpointSave save) {
        if (isWriting()) {
            throw new IllegalStateException("a shard is being written already");
        }
        snapshot.take(queue, listener);
        thread = new Thread(() -> write(save), "checkpoint-writer");
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether the shard that was started last is not written yet. */
    public boolean isWriting() {
        return thread != null && thread.isAlive();
    }

    /**
     * Waits until the shard is written, or could not be, which {@link CheckpointSave#commit} tells.
     *
     * @throws CancellationException if the rank is interrupted
     */
    public void await() {
        awaited = true;
        try {
            if (thread != null) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while a shard was written");
        } finally {
            awaited = false;
        }
        if (died != null) {
            throw new IllegalStateException("the thread that writes checkpoints died: " + died, died);
        }
    }

    private void write(CheckpointSave save) {
        try {
            save.writeShard(snapshot.copies(), snapshot::read, this::passed);
            if (isClosing()) {
                save.takeBack();
            }
        } catch (IOException e) {
            LOG.warn("what was written of a checkpoint that is given up stays", e);
        } catch (RuntimeException | Error e) {
            died = e;
        } finally {
            freeIfClosing();
        }
    }

    private void passed() {
        if (isClosing()) {
            throw new CancellationException("the save is given up");
        }
        if (awaited) {
            listener.blockPassed();
        }
    }

    private synchronized boolean isClosing() {
        return closing;
    }

    /** The snapshot's memory goes with the last that reads it. */
    private synchronized void freeIfClosing() {
        if (closing && !freed) {
            freed = true;
            snapshot.close();
        }
    }

    /** Gives up a shard that is being written: at its next block, or, where a file system hangs, whenever that goes on. */
    @Override
    public void close() {
        synchronized (this) {
            closing = true;
        }
        if (isWriting()) {
            thread.interrupt();
            try {
                thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (!isWriting()) {
            freeIfClosing();
        }
    }
}
