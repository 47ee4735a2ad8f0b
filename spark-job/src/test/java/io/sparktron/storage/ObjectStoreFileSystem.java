package io.sparktron.storage;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.Syncable;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * What an object store does and does not, as {@code objects://BUCKET/}: an object appears, or replaces another, when its writer closes it, and never in part; nothing is
 * appended, renamed, or flushed; a folder is there as long as an object lies in it; who creates an object without overwriting finds out whether there is one when it begins,
 * not when it appears; times cannot be set.
 */
public final class ObjectStoreFileSystem extends FileSystem {
    private static final ConcurrentHashMap<String, NavigableMap<String, Stored>> BUCKETS = new ConcurrentHashMap<>();

    private URI root;
    private NavigableMap<String, Stored> objects;
    private Path working;

    private record Stored(byte[] content, long modified) {}

    /** A configuration that knows the store. */
    public static Configuration configuration() {
        Configuration configuration = new Configuration();
        configuration.setClass("fs.objects.impl", ObjectStoreFileSystem.class, FileSystem.class);
        return configuration;
    }

    @Override
    public void initialize(URI name, Configuration conf) throws IOException {
        super.initialize(name, conf);
        setConf(conf);
        root = URI.create("objects://" + name.getAuthority());
        objects = BUCKETS.computeIfAbsent(name.getAuthority(), bucket -> new ConcurrentSkipListMap<>());
        working = new Path(root.toString(), "/");
    }

    @Override
    public URI getUri() {
        return root;
    }

    @Override
    public String getScheme() {
        return "objects";
    }

    @Override
    public FSDataInputStream open(Path path, int buffer) throws IOException {
        Stored stored = objects.get(key(path));
        if (stored == null) {
            throw new FileNotFoundException(path + " is no object");
        }
        return new FSDataInputStream(new ObjectInput(stored.content));
    }

    @Override
    public FSDataOutputStream create(
            Path path,
            FsPermission permission,
            boolean overwrite,
            int buffer,
            short replication,
            long block,
            Progressable progress)
            throws IOException {
        if (!overwrite && objects.containsKey(key(path))) {
            throw new FileAlreadyExistsException(path + " exists");
        }
        return new FSDataOutputStream(new ObjectOutput(key(path)), null);
    }

    @Override
    public FSDataOutputStream append(Path path, int buffer, Progressable progress) {
        throw new UnsupportedOperationException("append");
    }

    @Override
    public boolean rename(Path from, Path to) {
        throw new UnsupportedOperationException("rename");
    }

    @Override
    public boolean delete(Path path, boolean recursive) {
        boolean object = objects.remove(key(path)) != null;
        NavigableMap<String, Stored> below = below(path);
        boolean folder = !below.isEmpty();
        if (folder && !recursive) {
            throw new UnsupportedOperationException("a folder that is not empty: " + path);
        }
        below.keySet().forEach(objects::remove);
        return object || folder;
    }

    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
        FileStatus here = getFileStatus(path);
        if (here.isFile()) {
            return new FileStatus[] {here};
        }
        String prefix = folderKey(path);
        List<FileStatus> found = new ArrayList<>();
        String last = "";
        for (String key : below(path).keySet()) {
            String name = key.substring(prefix.length()).split("/", 2)[0];
            if (!name.equals(last)) {
                found.add(getFileStatus(new Path(path, name)));
                last = name;
            }
        }
        return found.toArray(FileStatus[]::new);
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        Path qualified = makeQualified(path);
        Stored stored = objects.get(key(path));
        if (stored != null) {
            return new FileStatus(stored.content.length, false, 1, 1 << 20, stored.modified, qualified);
        }
        if (below(path).isEmpty()) {
            throw new FileNotFoundException(path + " is no object, and none lies in it");
        }
        return new FileStatus(0, true, 1, 0, 0, qualified);
    }

    @Override
    public boolean mkdirs(Path path, FsPermission permission) throws IOException {
        for (Path at = path; at != null; at = at.getParent()) {
            if (objects.containsKey(key(at))) {
                throw new FileAlreadyExistsException(at + " is an object");
            }
        }
        return true;
    }

    @Override
    public void setWorkingDirectory(Path path) {
        working = path;
    }

    @Override
    public Path getWorkingDirectory() {
        return working;
    }

    private String key(Path path) {
        return makeQualified(path).toUri().getPath();
    }

    private String folderKey(Path path) {
        String key = key(path);
        return key.endsWith("/") ? key : key + "/";
    }

    private NavigableMap<String, Stored> below(Path path) {
        String prefix = folderKey(path);
        return new TreeMap<>(objects.subMap(prefix, false, prefix + Character.MAX_VALUE, false));
    }

    /** An object that appears when it is closed. */
    private final class ObjectOutput extends ByteArrayOutputStream implements Syncable {
        private final String key;
        private boolean closed;

        ObjectOutput(String key) {
            this.key = key;
        }

        @Override
        public void hflush() {
            throw new UnsupportedOperationException("hflush");
        }

        @Override
        public void hsync() {
            throw new UnsupportedOperationException("hsync");
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                objects.put(key, new Stored(toByteArray(), System.currentTimeMillis()));
            }
        }
    }

    /** An object as it was when it was opened. */
    private static final class ObjectInput extends FSInputStream {
        private final byte[] content;
        private final ByteArrayInputStream in;

        ObjectInput(byte[] content) {
            this.content = content;
            this.in = new ByteArrayInputStream(content);
        }

        @Override
        public void seek(long position) throws IOException {
            if (position < 0 || position > content.length) {
                throw new EOFException("seek to " + position + " of " + content.length);
            }
            in.reset();
            in.skipNBytes(position);
        }

        @Override
        public long getPos() {
            return content.length - in.available();
        }

        @Override
        public boolean seekToNewSource(long position) {
            return false;
        }

        @Override
        public int read() {
            return in.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            return in.read(bytes, offset, length);
        }
    }
}
