package io.sparktron.prep.duplicates;

import java.util.Iterator;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Row;

/** Rows through a function, one at a time. */
record MappedRows(Iterator<Row> source, UnaryOperator<Row> function) implements Iterator<Row> {
    @Override
    public boolean hasNext() {
        return source.hasNext();
    }

    @Override
    public Row next() {
        return function.apply(source.next());
    }
}
