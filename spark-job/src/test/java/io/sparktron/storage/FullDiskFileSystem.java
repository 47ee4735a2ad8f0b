package io.sparktron.storage;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/** The local file system as {@code fulldisk:}, whose disk a test fills and empties: of what is written to a full one, half finds room. */
public final class FullDiskFileSystem extends RawLocalFileSystem {
    private static final URI ROOT = URI.create("fulldisk:///");
    private static volatile boolean full;

    /** A configuration that knows the disk. */
    public static Configuration configuration() {
        Configuration configuration = new Configuration();
        configuration.setClass("fs.fulldisk.impl", FullDiskFileSystem.class, FileSystem.class);
        return configuration;
    }

    /** Fills the disk, or empties it. */
    public static void fill(boolean whole) {
        full = whole;
    }

    @Override
    public URI getUri() {
        return ROOT;
    }

    @Override
    public String getScheme() {
        return ROOT.getScheme();
    }

    @Override
    public FSDataOutputStream create(
            Path path, boolean overwrite, int buffer, short replication, long block, Progressable progress)
            throws IOException {
        return new FSDataOutputStream(
                new Output(super.create(path, overwrite, buffer, replication, block, progress)), null);
    }

    @Override
    public FSDataOutputStream append(Path path, int buffer, Progressable progress) throws IOException {
        return new FSDataOutputStream(new Output(super.append(path, buffer, progress)), null);
    }

    private static final class Output extends FilterOutputStream {
        Output(OutputStream file) {
            super(file);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, full ? length / 2 : length);
            if (full) {
                throw new IOException("No space left on device");
            }
        }
    }
}
