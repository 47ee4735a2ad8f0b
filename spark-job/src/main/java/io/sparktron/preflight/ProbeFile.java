package io.sparktron.preflight;

import io.sparktron.storage.Storage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A small file that shows whether a folder can be written; closing removes it, and the folders that had to be made for it. */
final class ProbeFile implements AutoCloseable {
    private final Path file;
    private final Configuration hadoop;
    private final Deque<Path> made = new ArrayDeque<>(); // deepest first

    private ProbeFile(Path file, Configuration hadoop) {
        this.file = file;
        this.hadoop = hadoop;
    }

    /** Makes the folder where it is missing, and in it a file with its own name as content. */
    static ProbeFile write(String key, Path folder, String name, Configuration hadoop) throws IOException {
        ProbeFile probe = new ProbeFile(new Path(folder, name), hadoop);
        try {
            probe.write(key, folder);
            return probe;
        } catch (IOException | RuntimeException e) {
            try {
                probe.close();
            } catch (IOException rest) {
                e.addSuppressed(rest);
            }
            throw e;
        }
    }

    private void write(String key, Path folder) throws IOException {
        FileSystem files = Storage.of(folder, hadoop);
        for (Path missing = folder; missing != null && !files.exists(missing); missing = missing.getParent()) {
            made.addLast(missing);
        }
        Storage.makeFolder(key, folder, hadoop);
        try (FSDataOutputStream out = Storage.create(file, true, hadoop)) {
            out.write(file.getName().getBytes(StandardCharsets.UTF_8));
            out.hsync();
        }
    }

    /** Where it lies. */
    Path folder() {
        return file.getParent();
    }

    /** Whether a folder holds the file of that name, as it was written. */
    static boolean isThere(Path folder, String name, Configuration hadoop) throws IOException {
        try {
            byte[] content = Storage.read(new Path(folder, name), hadoop);
            return new String(content, StandardCharsets.UTF_8).equals(name);
        } catch (FileNotFoundException none) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        FileSystem files = Storage.of(file, hadoop);
        Storage.delete(file, hadoop);
        for (Path folder : made) {
            removeIfEmpty(files, folder);
        }
    }

    /** Driver and ranks do so at the same time: a folder may go, or get a file, between any two calls. */
    private static void removeIfEmpty(FileSystem files, Path folder) throws IOException {
        try {
            if (files.listStatus(folder).length == 0) {
                files.delete(folder, false);
            }
        } catch (IOException e) {
            if (files.exists(folder) && files.listStatus(folder).length == 0) {
                throw e;
            }
        }
    }
}
