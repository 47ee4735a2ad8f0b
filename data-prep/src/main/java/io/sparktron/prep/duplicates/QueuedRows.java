package io.sparktron.prep.duplicates;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;

/** An iterator whose source gives rows in small lots. */
abstract class QueuedRows implements Iterator<Row> {
    private final ArrayDeque<Row> queue = new ArrayDeque<>();

    /**
     * Emits more rows, perhaps none.
     *
     * @return false if there is nothing left to read
     */
    abstract boolean advance();

    final void emit(Row row) {
        queue.add(row);
    }

    @Override
    public final boolean hasNext() {
        while (queue.isEmpty()) {
            if (!advance()) {
                return !queue.isEmpty();
            }
        }
        return true;
    }

    @Override
    public final Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return queue.remove();
    }
}
