package io.sparktron.run;

import io.sparktron.storage.Storage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Lines in an object of a store, which is written anew to grow: all of them are kept in memory. */
final class RewrittenLines implements LineFile {
    private final Path file;
    private final Configuration hadoop;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    /**
     * @param written what the file holds
     */
    RewrittenLines(Path file, byte[] written, Configuration hadoop) {
        this.file = file;
        this.hadoop = hadoop;
        this.written.writeBytes(written);
    }

    @Override
    public void add(List<String> lines) throws IOException {
        byte[] more = MetricsLog.text(lines);
        ByteArrayOutputStream all = new ByteArrayOutputStream(written.size() + more.length);
        written.writeTo(all);
        all.writeBytes(more);
        Storage.replace(file, all.toByteArray(), hadoop);
        written.writeBytes(more);
    }

    @Override
    public boolean cheap() {
        return false;
    }

    @Override
    public void close() {}
}
