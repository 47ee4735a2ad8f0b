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
 * A file being written. Hadoop's local file system reports a full disk as an {@link FSError}, which is no exception: here it is the IOException that it was, and
 * names the file. Where a file appears only when it is closed, as on object stores, it cannot be flushed to disk before.
 */
final class CheckedOutput extends FilterOutputStream implements Syncable, StreamCapabilities, Abortable {
    private final FSDataOutputStream file;
    private final Path path;

    private CheckedOutput(FSDataOutputStream file, Path path) {
        super(file);
        this.file = file;
        this.path = path;
    }

    static FSDataOutputStream of(FSDataOutputStream file, Path path) throws IOException {
        return new FSDataOutputStream(new CheckedOutput(file, path), null, file.getPos());
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
        checked(() -> file.write(bytes, from, count));
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
