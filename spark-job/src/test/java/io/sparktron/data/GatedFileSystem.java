package io.sparktron.data;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** Local files under the scheme {@code gated:}, whose Parquet files are counted when they are opened, may wait there, or fail. */
public final class GatedFileSystem extends RawLocalFileSystem {
    static final AtomicInteger OPENED = new AtomicInteger();

    /** Where an opening waits, if not null; it says that it is there on {@link #arrived}. */
    static volatile CountDownLatch gate;

    static volatile CountDownLatch arrived;
    static volatile boolean failing;

    static Configuration configuration() {
        Configuration hadoop = new Configuration();
        hadoop.setClass("fs.gated.impl", GatedFileSystem.class, org.apache.hadoop.fs.FileSystem.class);
        return hadoop;
    }

    /** The same dataset, read through this file system. */
    static TokenDataset through(TokenDataset dataset) {
        OPENED.set(0);
        gate = null;
        failing = false;
        return new TokenDataset(dataset.folder().replaceFirst("^file:", "gated:"), dataset.manifest());
    }

    @Override
    public URI getUri() {
        return URI.create("gated:///");
    }

    @Override
    public FSDataInputStream open(Path file, int buffer) throws IOException {
        OPENED.incrementAndGet();
        if (failing) {
            throw new IOException("the disk is on strike");
        }
        if (gate != null) {
            arrived.countDown();
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new InterruptedIOException("interrupted at the gate");
            }
        }
        return super.open(file, buffer);
    }
}
