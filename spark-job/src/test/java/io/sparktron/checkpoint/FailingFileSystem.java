package io.sparktron.checkpoint;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/** The local file system as {@code failing:}, on which files whose name has a given part take so many bytes and no more. */
public final class FailingFileSystem extends RawLocalFileSystem {
    static final String NAME_PART = "failing.name-part";
    static final String BYTES = "failing.bytes";

    private static final URI ROOT = URI.create("failing:///");

    /** A configuration of its own, in which files whose name has {@code part} fail after {@code bytes} bytes. */
    static Configuration configuration(String part, int bytes) {
        Configuration configuration = new Configuration();
        configuration.setClass("fs.failing.impl", FailingFileSystem.class, FileSystem.class);
        configuration.setBoolean("fs.failing.impl.disable.cache", true);
        configuration.set(NAME_PART, part);
        configuration.setInt(BYTES, bytes);
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

    @Override
    public FSDataOutputStream create(
            Path path, boolean overwrite, int buffer, short replication, long block, Progressable progress)
            throws IOException {
        return failing(path, super.create(path, overwrite, buffer, replication, block, progress));
    }

    private FSDataOutputStream failing(Path path, FSDataOutputStream out) throws IOException {
        if (!path.getName().contains(getConf().get(NAME_PART))) {
            return out;
        }
        int limit = getConf().getInt(BYTES, 0);
        return new FSDataOutputStream(out, null) {
            private int taken;

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                int fits = Math.min(length, limit - taken);
                super.write(bytes, offset, fits);
                taken += fits;
                if (fits < length) {
                    throw new IOException("No space left on device");
                }
            }
        };
    }
}
