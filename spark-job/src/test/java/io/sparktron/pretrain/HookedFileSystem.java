package io.sparktron.pretrain;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/** The local file system as {@code hooked:}, on which a test does as it likes before each call that reads or writes content of a file. */
public final class HookedFileSystem extends RawLocalFileSystem {
    private static final String HOOK = "hooked.number";
    private static final URI ROOT = URI.create("hooked:///");
    private static final List<Hook> HOOKS = new CopyOnWriteArrayList<>();

    /** What a test does. */
    interface Hook {
        void before(Path file) throws IOException, InterruptedException;
    }

    static synchronized Configuration configuration(Hook hook) {
        HOOKS.add(hook);
        Configuration configuration = new Configuration();
        configuration.setClass("fs.hooked.impl", HookedFileSystem.class, FileSystem.class);
        configuration.setBoolean("fs.hooked.impl.disable.cache", true);
        configuration.setInt(HOOK, HOOKS.size() - 1);
        return configuration;
    }

    /** Takes a while before each call for a file whose name has {@code part}. */
    static Configuration slow(String part, int millis) {
        return configuration(file -> {
            if (file.getName().contains(part)) {
                Thread.sleep(millis);
            }
        });
    }

    @Override
    public URI getUri() {
        return ROOT;
    }

    @Override
    public String getScheme() {
        return ROOT.getScheme();
    }

    private void before(Path file) throws IOException {
        try {
            HOOKS.get(getConf().getInt(HOOK, 0)).before(file);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted before " + file);
        }
    }

    @Override
    public FSDataOutputStream create(
            Path path, boolean overwrite, int buffer, short replication, long block, Progressable progress)
            throws IOException {
        FSDataOutputStream out = super.create(path, overwrite, buffer, replication, block, progress);
        return new FSDataOutputStream(new HookedOutput(out, path), null);
    }

    @Override
    public FSDataInputStream open(Path path, int buffer) throws IOException {
        FSDataInputStream in = super.open(path, buffer);
        return new FSDataInputStream(new HookedInput(in, path));
    }

    private final class HookedOutput extends FilterOutputStream {
        private final Path path;

        HookedOutput(FSDataOutputStream out, Path path) {
            super(out);
            this.path = path;
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            before(path);
            out.write(bytes, from, count);
        }
    }

    private final class HookedInput extends FSInputStream {
        private final FSDataInputStream in;

        private final Path path;

        HookedInput(FSDataInputStream in, Path path) {
            this.in = in;
            this.path = path;
        }

        @Override
        public int read() throws IOException {
            return in.read();
        }

        @Override
        public int read(byte[] bytes, int from, int count) throws IOException {
            before(path);
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
