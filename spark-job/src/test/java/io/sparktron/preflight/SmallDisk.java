package io.sparktron.preflight;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FsStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/** The local file system as {@code smalldisk:}, with so many bytes left, of which each file takes as many copies as a test says; none left is read-only. */
public final class SmallDisk extends RawLocalFileSystem {
    private static final URI ROOT = URI.create("smalldisk:///");
    private static final String LEFT = "smalldisk.left";
    private static final String COPIES = "smalldisk.copies";
    private static final String VANISHING = "smalldisk.vanishing";
    private static final String UNREADABLE = "smalldisk.unreadable";

    static Configuration configuration(long left, int copies) {
        Configuration configuration = new Configuration();
        configuration.setClass("fs.smalldisk.impl", SmallDisk.class, FileSystem.class);
        configuration.setBoolean("fs.smalldisk.impl.disable.cache", true);
        configuration.setLong(LEFT, left);
        configuration.setInt(COPIES, copies);
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
    public FsStatus getStatus(Path path) {
        long left = getConf().getLong(LEFT, 0);
        return new FsStatus(2 * left, left, left);
    }

    @Override
    public short getDefaultReplication(Path path) {
        return (short) getConf().getInt(COPIES, 1);
    }

    /** No file whose name ends so can be read. */
    static Configuration unreadable(String ending) {
        Configuration configuration = configuration(Long.MAX_VALUE / 2, 1);
        configuration.set(UNREADABLE, ending);
        return configuration;
    }

    /** A folder of that name is gone before it can be listed. */
    static Configuration vanishing(String name) {
        Configuration configuration = configuration(Long.MAX_VALUE / 2, 1);
        configuration.set(VANISHING, name);
        return configuration;
    }

    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
        if (path.getName().equals(getConf().get(VANISHING))) {
            delete(path, true);
        }
        return super.listStatus(path);
    }

    @Override
    public FSDataInputStream open(Path path, int buffer) throws IOException {
        String ending = getConf().get(UNREADABLE);
        if (ending != null && path.getName().endsWith(ending)) {
            throw new IOException("Stale file handle");
        }
        return super.open(path, buffer);
    }

    @Override
    public FSDataOutputStream create(
            Path path, boolean overwrite, int buffer, short replication, long block, Progressable progress)
            throws IOException {
        if (getStatus(path).getRemaining() == 0) {
            throw new IOException("Read-only file system");
        }
        return super.create(path, overwrite, buffer, replication, block, progress);
    }
}
