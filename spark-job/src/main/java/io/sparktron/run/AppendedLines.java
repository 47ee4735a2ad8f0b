package io.sparktron.run;

import io.sparktron.storage.Storage;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;

/** Lines of metrics in a file that grows where it lies: on local disks and HDFS. */
final class AppendedLines implements LineFile {
    private final Path file;
    private final Configuration hadoop;
    private FSDataOutputStream out;

    /** Bytes of whole lines that are in the file for certain. */
    private int certain;

    /**
     * @param written bytes that the file holds
     */
    AppendedLines(Path file, int written, Configuration hadoop) throws IOException {
        this.file = file;
        this.hadoop = hadoop;
        this.certain = written;
        this.out = Storage.append(file, hadoop);
    }

    @Override
    public void add(List<String> lines) throws IOException {
        byte[] more = MetricsLog.text(lines);
        if (out == null) {
            rewriteWith(more);
            return;
        }
        try {
            out.write(more);
            out.hflush();
            certain += more.length;
        } catch (IOException e) {
            try {
                close();
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    @Override
    public boolean cheap() {
        return true;
    }

    @Override
    public void close() throws IOException {
        FSDataOutputStream open = out;
        out = null;
        if (open != null) {
            open.close();
        }
    }

    /** After an error nobody knows how much of what was to be added came to lie in the file. */
    private void rewriteWith(byte[] more) throws IOException {
        byte[] there = Storage.read(file, hadoop);
        int kept = Math.min(certain, there.length);
        byte[] all = Arrays.copyOf(there, kept + more.length);
        System.arraycopy(more, 0, all, kept, more.length);
        Storage.replace(file, all, hadoop);
        certain = all.length;
        out = Storage.append(file, hadoop);
    }
}
