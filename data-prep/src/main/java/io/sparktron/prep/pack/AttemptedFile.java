package io.sparktron.prep.pack;

import io.sparktron.storage.Storage;
import java.io.Closeable;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;

/**
 * A file in the making. It is written under a name of the task attempt's own and renamed when it is complete, so attempts never write to one
 * file, and a lost one leaves nothing that could pass for a data file. On an object store a file is there only when it is complete: an attempt that is
 * lost leaves nothing, and of two that are not the later replaces the same bytes.
 */
final class AttemptedFile implements Closeable {
    private final String name;
    private final Path target;
    private final Path written;
    private final boolean renamed;
    private final FileSystem files;

    AttemptedFile(String folder, String name, Configuration configuration) throws IOException {
        this.name = name;
        this.target = new Path(folder, name);
        this.renamed = Storage.growsFiles(target, configuration);
        this.written =
                renamed ? new Path(folder, "." + name + "." + TaskContext.get().taskAttemptId()) : target;
        this.files = target.getFileSystem(configuration);
    }

    String name() {
        return name;
    }

    /** The name to write it under. */
    String temporary() {
        return written.getName();
    }

    /** Gives the complete file its name. */
    void publish() throws IOException {
        // An earlier attempt that was thought lost wrote the same bytes.
        if (renamed && !files.exists(target) && !files.rename(written, target)) {
            throw new IOException("Cannot rename " + written + " to " + target);
        }
    }

    /** Removes what is not published. */
    @Override
    public void close() throws IOException {
        if (renamed) {
            files.delete(written, false);
        }
    }
}
