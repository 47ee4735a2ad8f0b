package io.sparktron.storage;

import java.io.FilterOutputStream;
import java.io.IOException;
import org.apache.hadoop.fs.Abortable;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.Syncable;

/**
 * A file being written, in blocks of which each is told to a listener. Hadoop's local file system reports a full disk as an {@link FSError}, which is no exception:
 * here it is the IOException that it was, and names the file. Where a file appears only when it is closed, as on object stores, it cannot be flushed to disk before.
 */
final class CheckedOutput extends FilterOutputStream implements Syncable, StreamCapabilities, Abortable {
    private final FSDataOutputStream file;
    private final Path path;
    private final BlockListener listener;

    private CheckedOutput(FSDataOutputStream file, Path path, BlockListener listener) {
        super(file);
        this.file = file;
        this.path = path;
        this.listener = listener;
    }

    static FSDataOutputStream of(FSDataOutputStream file, Path path, BlockListener listener) throws IOException {
        return new FSDataOutputStream(new CheckedOutput(file, path, listener), null, file.getPos());
    }

    private interface Action {
        void run() throws IOException;
    }

    private void checked(Action action) throws IOException {
        try {
            action.run();
        } catch (FSError e) {
            String cause = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
            throw new IOException(path + ": " + cause, e);
        }
    }

    @Override
    public void write(int b) throws IOException {
        checked(() -> file.write(b));
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        for (int done = 0; done < count; done += Storage.BLOCK) {
            int at = from + done;
            int length = Math.min(count - done, Storage.BLOCK);
            checked(() -> file.write(bytes, at, length));
            listener.blockPassed();
        }
    }

    @Override
    public void flush() throws IOException {
        checked(file::flush);
    }

    @Override
    public void hflush() throws IOException {
        checked(canSync() ? file::hflush : file::flush);
    }

    @Override
    public void hsync() throws IOException {
        checked(canSync() ? file::hsync : file::flush);
        listener.blockPassed();
    }

    private boolean canSync() {
        return hasCapability(StreamCapabilities.HSYNC);
    }

    @Override
    public boolean hasCapability(String capability) {
        return file.hasCapability(capability);
    }

    @Override
    public AbortableResult abort() {
        return file.abort();
    }

    @Override
    public void close() throws IOException {
        checked(file::close);
    }
}
