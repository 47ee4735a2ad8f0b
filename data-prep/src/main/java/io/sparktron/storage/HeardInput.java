package io.sparktron.storage;

import java.io.IOException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;

/** A file being read, in blocks of which each is told to a listener. */
final class HeardInput extends FSInputStream {
    private final FSDataInputStream file;
    private final BlockListener listener;

    private HeardInput(FSDataInputStream file, BlockListener listener) {
        this.file = file;
        this.listener = listener;
    }

    static FSDataInputStream of(FSDataInputStream file, BlockListener listener) {
        return new FSDataInputStream(new HeardInput(file, listener));
    }

    @Override
    public int read() throws IOException {
        int read = file.read();
        listener.blockPassed();
        return read;
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
        int read = file.read(bytes, from, Math.min(count, Storage.BLOCK));
        listener.blockPassed();
        return read;
    }

    @Override
    public int read(long position, byte[] bytes, int from, int count) throws IOException {
        int read = file.read(position, bytes, from, Math.min(count, Storage.BLOCK));
        listener.blockPassed();
        return read;
    }

    @Override
    public void seek(long position) throws IOException {
        file.seek(position);
    }

    @Override
    public long getPos() throws IOException {
        return file.getPos();
    }

    @Override
    public boolean seekToNewSource(long position) throws IOException {
        return file.seekToNewSource(position);
    }

    @Override
    public int available() throws IOException {
        return file.available();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
