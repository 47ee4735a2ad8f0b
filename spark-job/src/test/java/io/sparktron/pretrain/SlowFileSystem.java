package io.sparktron.pretrain;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/** The local file system as {@code slow:}, on which each call that reads or writes a file whose name has a given part takes so many milliseconds. */
public final class SlowFileSystem extends RawLocalFileSystem {
    private static final String NAME_PART = "slow.name-part";
    private static final String MILLIS = "slow.millis";
    private static final URI ROOT = URI.create("slow:///");

    static Configuration configuration(String part, int millis) {
        Configuration configuration = new Configuration();
        configuration.setClass("fs.slow.impl", SlowFileSystem.class, FileSystem.class);
        configuration.setBoolean("fs.slow.impl.disable.cache", true);
        configuration.set(NAME_PART, part);
        configuration.setInt(MILLIS, millis);
        return configuration;
    }

    @Override
    public URI getUri() {
        return ROOT;
    }

    @Override
    public String getScheme() {
        return ROOT.getScheme();
    }

    private boolean isSlow(Path path) {
        return path.getName().contains(getConf().get(NAME_PART));
    }

    private void sleep() throws IOException {
        try {
            Thread.sleep(getConf().getInt(MILLIS, 0));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted in a slow file system");
        }
    }

    @Override
    public FSDataOutputStream create(
            Path path, boolean overwrite, int buffer, short replication, long block, Progressable progress)
            throws IOException {
        FSDataOutputStream out = super.create(path, overwrite, buffer, replication, block, progress);
        return isSlow(path) ? new FSDataOutputStream(new SlowOutput(out), null) : out;
    }

    @Override
    public FSDataInputStream open(Path path, int buffer) throws IOException {
        FSDataInputStream in = super.open(path, buffer);
        return isSlow(path) ? new FSDataInputStream(new SlowInput(in)) : in;
    }

    private final class SlowOutput extends FilterOutputStream {
        SlowOutput(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            sleep();
            out.write(bytes, from, count);
        }
    }

    private final class SlowInput extends FSInputStream {
        private final FSDataInputStream in;

        SlowInput(FSDataInputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            return in.read();
        }

        @Override
        public int read(byte[] bytes, int from, int count) throws IOException {
            sleep();
            return in.read(bytes, from, count);
        }

        @Override
        public void seek(long position) throws IOException {
            in.seek(position);
        }

        @Override
        public long getPos() throws IOException {
            return in.getPos();
        }

        @Override
        public boolean seekToNewSource(long position) throws IOException {
            return in.seekToNewSource(position);
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
