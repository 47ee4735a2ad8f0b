package io.sparktron.prep.read;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/** The documents of one task's sources, read as they are asked for. */
public final class SourceDocuments implements Iterator<RawDocument> {
    private final Iterator<Source> sources;
    private final Configuration configuration;
    private SourceReader reader;

    public SourceDocuments(Iterator<List<Source>> task, Configuration configuration) {
        List<Source> all = new ArrayList<>();
        task.forEachRemaining(all::addAll);
        this.sources = all.iterator();
        this.configuration = configuration;
        TaskContext.get().addTaskCompletionListener((TaskCompletionListener) done -> close());
    }

    @Override
    public boolean hasNext() {
        try {
            while (reader == null || !reader.hasNext()) {
                close();
                if (!sources.hasNext()) {
                    return false;
                }
                reader = SourceReader.open(sources.next(), configuration);
            }
            return true;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public RawDocument next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return reader.next();
    }

    private void close() {
        if (reader == null) {
            return;
        }
        SourceReader open = reader;
        reader = null;
        try {
            open.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
