package io.sparktron.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A folder on some file system, for tests that hold on all of them.
 *
 * @param root its path
 */
public record Place(String root, Configuration hadoop) {
    /** On the local disk. */
    public static Place local(java.nio.file.Path folder) {
        return new Place("file:" + folder, new Configuration());
    }

    /** In an object store. */
    public static Place objects() {
        return new Place("objects://" + UUID.randomUUID() + "/some", ObjectStoreFileSystem.configuration());
    }

    public Path path(String name) {
        return name.isEmpty() ? new Path(root) : new Path(root, name);
    }

    public byte[] read(String name) throws IOException {
        return Storage.read(path(name), hadoop);
    }

    /** Writes a file, whatever was there. */
    public void write(String name, byte[] content) throws IOException {
        try (var out = files().create(path(name), true)) {
            out.write(content);
        }
    }

    public void delete(String name) throws IOException {
        Storage.delete(path(name), hadoop);
    }

    public boolean has(String name) throws IOException {
        return files().exists(path(name));
    }

    /** Names in a folder, in order; none if there is no such folder. */
    public List<String> list(String name) throws IOException {
        try {
            return Stream.of(files().listStatus(path(name)))
                    .map(FileStatus::getPath)
                    .map(Path::getName)
                    .sorted()
                    .toList();
        } catch (FileNotFoundException none) {
            return List.of();
        }
    }

    private FileSystem files() throws IOException {
        return Storage.of(path("."), hadoop);
    }
}
